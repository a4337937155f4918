package org.cloudos.fs.fuse.server;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.fuse.FuseChannel;
import org.cloudos.linux.fuse.FuseQueues;

/**
 * A request and its reply, in memory that is used again for the next. What a file gets or gives lies on a page boundary in both, so
 * that it can go to a device as it is.
 *
 * <p>fuse_in_header: 0 len(4) · 4 opcode(4) · 8 unique(8) · 16 nodeid(8) · 24 uid(4) · 28 gid(4) · 32 pid(4) · 36 extension(2) · 38 pad(2).
 * fuse_out_header: 0 len(4) · 4 error(4) · 8 unique(8). The machine's byte order.
 */
final class Exchange {
    static final int IN_HEADER = 40, OUT_HEADER = 16, WRITE_IN = 40, PAGE = 4096;
    static final int LARGEST_DATA = 1 << 20;
    private static final int HEAD = 1024, LONGEST_NAME = 255, INVAL_INODE = 24;
    // of a slot's headers, see FuseQueues.Slot
    private static final int OWN_STRUCTURE = 128, PAYLOAD_SIZE = 272;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;

    private final FuseChannel channel;
    private final FuseQueues.Slot slot; // null: requests and replies go through the channel
    private final MemorySegment memory; // a page, and the largest payload
    private final MemorySegment head;
    private final MemorySegment data;
    private long start = PAGE - IN_HEADER - WRITE_IN; // of the request in memory
    private int length;
    private boolean answered;

    /** Through a channel. @param arena whose memory all threads may use: devices do */
    Exchange(Arena arena, FuseChannel channel) {
        this.channel = channel;
        slot = null;
        memory = arena.allocate(PAGE + LARGEST_DATA, PAGE);
        head = arena.allocate(HEAD, 8);
        data = arena.allocate(LARGEST_DATA, PAGE);
    }

    /** By io_uring. @param channel for notifications */
    Exchange(FuseQueues.Slot slot, FuseChannel channel) {
        this.channel = channel;
        this.slot = slot;
        memory = slot.memory();
        head = Arena.ofAuto().allocate(HEAD, 8);
        data = memory.asSlice(FuseQueues.PAYLOAD);
    }

    /** Waits for the channel's next. @return false when there will be no more */
    boolean receive() throws LinuxException {
        length = channel.receive(memory.asSlice(start));
        answered = false;
        if (length >= 0 && (length < IN_HEADER || inHeader(0) != length)) {
            throw new IllegalStateException("request of the kernel: expected " + inHeader(0) + " bytes, found " + length);
        }
        return length >= 0;
    }

    /** Takes what came into the slot: header and the operation's structure are put before the payload, as a channel has them. */
    void take() {
        MemorySegment headers = slot.headers();
        length = headers.get(INT, 0);
        int payload = headers.get(INT, PAYLOAD_SIZE), own = length - IN_HEADER - payload;
        if (payload < 0 || payload > LARGEST_DATA || own < 0 || own > OWN_STRUCTURE) {
            throw new IllegalStateException("request of the kernel: expected " + length + " bytes, found " + payload + " behind its structure");
        }
        start = FuseQueues.PAYLOAD - own - IN_HEADER;
        MemorySegment.copy(headers, 0, memory, start, IN_HEADER);
        MemorySegment.copy(headers, OWN_STRUCTURE, memory, start + IN_HEADER, own);
        answered = false;
    }

    private int inHeader(int offset) {
        return memory.get(INT, start + offset);
    }

    int opcode() {
        return inHeader(4);
    }

    long unique() {
        return memory.get(LONG, start + 8);
    }

    long node() {
        return memory.get(LONG, start + 16);
    }

    int uid() {
        return inHeader(24);
    }

    int gid() {
        return inHeader(28);
    }

    /** A field behind the header. */
    int inInt(int offset) throws FsException {
        need(offset + 4);
        return inHeader(IN_HEADER + offset);
    }

    long inLong(int offset) throws FsException {
        need(offset + 8);
        return memory.get(LONG, start + IN_HEADER + offset);
    }

    private void need(long end) throws FsException {
        if (IN_HEADER + end > length) {
            throw new FsException.Refused(Errno.EINVAL, "request " + opcode() + " of " + length + " bytes");
        }
    }

    /** A file's bytes in the request. */
    MemorySegment inData(int offset, long size) throws FsException {
        if (size < 0) {
            throw new FsException.Refused(Errno.EINVAL, "size " + size);
        }
        need(offset + size);
        return memory.asSlice(start + IN_HEADER + offset, size);
    }

    /** Where the NUL of a string is that begins at the offset. */
    int endOfString(int offset) throws FsException {
        for (int i = IN_HEADER + offset; i < length; i++) {
            if (memory.get(ValueLayout.JAVA_BYTE, start + i) == 0) {
                return i - IN_HEADER;
            }
        }
        throw new FsException.Refused(Errno.EINVAL, "request " + opcode() + " without the end of a name");
    }

    /** An entry's name: UTF-8, since the volume keeps no other. */
    String name(int offset) throws FsException {
        int bytes = endOfString(offset) - offset;
        if (bytes > LONGEST_NAME) {
            throw new FsException.Refused(Errno.ENAMETOOLONG, "name of " + bytes + " bytes");
        }
        return string(offset, bytes);
    }

    String string(int offset, int bytes) throws FsException {
        byte[] text = new byte[bytes];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, start + IN_HEADER + offset, text, 0, bytes);
        for (byte b : text) {
            if (b < 0) {
                return decoded(text);
            }
        }
        return new String(text, StandardCharsets.ISO_8859_1);
    }

    private static String decoded(byte[] text) throws FsException {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text)).toString();
        } catch (CharacterCodingException e) {
            throw new FsException.Refused(Errno.EILSEQ, "name of " + text.length + " bytes");
        }
    }

    /** What is sent behind the reply's header; for what is small. */
    MemorySegment out() {
        return head.asSlice(OUT_HEADER);
    }

    /** As {@link #out}, all zeros. */
    MemorySegment out(int bytes) {
        return head.asSlice(OUT_HEADER, bytes).fill((byte) 0);
    }

    /** What is sent behind the reply's header; for what is large. */
    MemorySegment data() {
        return data;
    }

    void reply(int outBytes) throws LinuxException {
        send(0, OUT_HEADER + outBytes, 0);
    }

    void replyData(long dataBytes) throws LinuxException {
        send(0, OUT_HEADER, dataBytes);
    }

    void reply(byte[] value) throws LinuxException {
        MemorySegment.copy(value, 0, data, ValueLayout.JAVA_BYTE, 0, value.length);
        replyData(value.length);
    }

    void fail(int errno) throws LinuxException {
        send(-errno, OUT_HEADER, 0);
    }

    /**
     * Has the kernel ask for the node's attributes when it needs them next. Before the reply, since a program may look as soon as it has that.
     * FUSE_NOTIFY_INVAL_INODE, fuse_notify_inval_inode_out: 0 ino · 8 off · 16 len; off below 0 lets pages be, so that nothing is waited for.
     */
    void forgetAttributes() throws LinuxException {
        MemorySegment out = out(INVAL_INODE);
        out.set(LONG, 0, node());
        out.set(LONG, 8, -1);
        head.set(INT, 0, OUT_HEADER + INVAL_INODE);
        head.set(INT, 4, Opcode.NOTIFY_INVAL_INODE);
        head.set(LONG, 8, 0);
        channel.send(head, OUT_HEADER + INVAL_INODE, null, 0);
    }

    /** For requests that get no reply. */
    void noReply() {
        answered = true;
    }

    boolean answered() {
        return answered;
    }

    /** Small replies stand in the head, large ones in the data. */
    private void send(int error, int headBytes, long dataBytes) throws LinuxException {
        MemorySegment header = slot == null ? head : slot.headers();
        header.set(INT, 0, (int) (headBytes + dataBytes));
        header.set(INT, 4, error);
        header.set(LONG, 8, unique());
        answered = true;
        if (slot == null) {
            channel.send(head, headBytes, data, dataBytes);
            return;
        }
        MemorySegment.copy(head, OUT_HEADER, data, 0, headBytes - OUT_HEADER);
        header.set(INT, PAYLOAD_SIZE, (int) (headBytes - OUT_HEADER + dataBytes));
    }

    static {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new UnsupportedOperationException("extended attributes of Linux are little-endian, and nothing here was tried otherwise");
        }
    }
}
