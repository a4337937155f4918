package org.cloudos.fs.fuse.server;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;

/**
 * Tells the kernel what others changed, so that it doesn't go on with what it remembers. From a thread of its own: the kernel may wait,
 * while it is told, for a page that a worker is about to read.
 *
 * <p>A notification is a reply with unique 0 and its code as error. fuse_notify_inval_inode_out: 0 ino · 8 off · 16 len;
 * _inval_entry_out: 0 parent · 8 namelen(4) · 12 flags(4) · name.
 */
final class Notices implements AutoCloseable {
    private static final int MOST = 10_000, HEADER = 16, BUFFER = 512;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final FuseChannel channel;
    private final LinkedBlockingQueue<Notice> waiting = new LinkedBlockingQueue<>(MOST);
    private final Thread thread;

    /** @param name of an entry; null: the node itself */
    private record Notice(long node, byte[] name, boolean contents) { }

    Notices(FuseChannel channel, String folder) {
        this.channel = channel;
        thread = Thread.ofPlatform().daemon().name("fuse " + folder + " notices").start(this::run);
    }

    void entry(long folder, String name) {
        add(new Notice(folder, name.getBytes(StandardCharsets.UTF_8), false));
    }

    void node(long node, boolean contents) {
        add(new Notice(node, null, contents));
    }

    /** More than the kernel takes: who changes waits for it, since a lost notice would be a wrong answer. */
    private void add(Notice notice) {
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                if (waiting.offer(notice, 100, TimeUnit.MILLISECONDS)) {
                    break;
                }
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER, 8);
            while (true) {
                Notice notice = waiting.take();
                if (notice.name == null) {
                    inode(buffer, notice);
                } else {
                    entry(buffer, notice);
                }
            }
        } catch (InterruptedException | LinuxException e) {
            waiting.clear(); // unmounted
        }
    }

    private void inode(MemorySegment buffer, Notice notice) throws LinuxException {
        buffer.set(LONG, HEADER, notice.node);
        buffer.set(LONG, HEADER + 8, notice.contents ? 0 : -1); // below 0: attributes alone
        buffer.set(LONG, HEADER + 16, 0);
        send(buffer, Opcode.NOTIFY_INVAL_INODE, 24);
    }

    private void entry(MemorySegment buffer, Notice notice) throws LinuxException {
        buffer.set(LONG, HEADER, notice.node);
        buffer.set(INT, HEADER + 8, notice.name.length);
        buffer.set(INT, HEADER + 12, 0);
        MemorySegment.copy(notice.name, 0, buffer, ValueLayout.JAVA_BYTE, HEADER + 16, notice.name.length);
        buffer.set(ValueLayout.JAVA_BYTE, HEADER + 16 + notice.name.length, (byte) 0);
        send(buffer, Opcode.NOTIFY_INVAL_ENTRY, 16 + notice.name.length + 1);
    }

    private void send(MemorySegment buffer, int code, int bytes) throws LinuxException {
        buffer.set(INT, 0, HEADER + bytes);
        buffer.set(INT, 4, code);
        buffer.set(LONG, 8, 0);
        channel.send(buffer, HEADER + bytes, null, 0);
    }

    @Override public void close() {
        thread.interrupt();
    }
}
