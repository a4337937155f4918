package org.cloudos.units.process;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/** The program {@code spawn}: one process for all services, started when it is first needed. Frames: distro/boot/spawn/spawn.h. */
public final class Spawn implements Spawner, AutoCloseable {
    private static final int HEADER = 16;
    private static final int MOST_PAYLOAD = 4 << 20;
    private static final int BUFFER = 1 << 16;
    /** So much goes together at most: {@code spawn} is to start what it knows of, while more comes. */
    private static final int TOGETHER = 4 << 10;
    private static final long END_SECONDS = 8;

    private final Path program;
    private final Listener listener;
    private final ReentrantLock lock = new ReentrantLock(); // guards process, to and waiting, and keeps frames whole
    private final ByteArrayOutputStream waiting = new ByteArrayOutputStream(TOGETHER * 2);
    private Process process;
    private OutputStream to;
    private boolean closed;

    public Spawn(Path program, Listener listener) {
        this.program = program;
        this.listener = listener;
    }

    /** Starts the program ahead of its first use, which is soon: on a thread of its own, since that takes a while. */
    @Override public void prepare() {
        Thread.ofVirtual().name("units: spawn ahead").start(() -> {
            lock.lock();
            try {
                if (!closed && process == null) {
                    begin();
                }
            } catch (IOException e) {
                // told when it is needed
            } finally {
                lock.unlock();
            }
        });
    }

    @Override public void group(int group, String cgroup) {
        send('G', group, 0, cgroup == null ? new byte[0] : text("cgroup=" + cgroup));
    }

    @Override public void start(int group, int id, Launch launch) {
        send('S', group, id, launch.withFlags());
    }

    @Override public void kill(int group, long pid, int signal) {
        send('K', group, 0, numbers((int) pid, signal));
    }

    @Override public void watch(int group, long pid) {
        send('W', group, (int) pid, new byte[0]);
    }

    @Override public void drop(int group) {
        send('D', group, 0, new byte[0]);
    }

    @Override public void notifySocket(int group, String path) {
        send('N', group, 0, text(path));
    }

    @Override public void listen(int id, Launch socket) {
        send('L', 0, id, socket.bytes());
    }

    @Override public void arm(int id) {
        send('A', 0, id, new byte[0]);
    }

    @Override public void close(int id) {
        send('C', 0, id, new byte[0]);
    }

    private static byte[] text(String text) {
        return (text + "\0").getBytes(StandardCharsets.UTF_8);
    }

    private static byte[] numbers(int... numbers) {
        ByteBuffer all = ByteBuffer.allocate(numbers.length * Integer.BYTES).order(ByteOrder.nativeOrder());
        for (int n : numbers) {
            all.putInt(n);
        }
        return all.array();
    }

    private void send(char op, int group, int id, byte[] payload) {
        if (payload.length > MOST_PAYLOAD) {
            throw new IllegalArgumentException("expected a description of at most " + MOST_PAYLOAD + " bytes, found " + payload.length);
        }
        byte[] frame = ByteBuffer.allocate(HEADER + payload.length).order(ByteOrder.nativeOrder())
                .putInt(payload.length).put((byte) op).put(new byte[3]).putInt(group).putInt(id).put(payload).array();
        lock.lock();
        try {
            waiting.writeBytes(frame);
            if (waiting.size() >= TOGETHER) {
                flush();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override public void flush() {
        lock.lock();
        try {
            if (closed || waiting.size() == 0) {
                return;
            }
            if (process == null) {
                begin();
            }
            waiting.writeTo(to);
            to.flush();
        } catch (IOException e) {
            if (process == null) {
                listener.gone(e.getMessage());
            } // else its reader tells
        } finally {
            waiting.reset();
            lock.unlock();
        }
    }

    /** Preconditions: lock held. */
    private void begin() throws IOException {
        Process started = new ProcessBuilder(program.toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
        process = started;
        to = started.getOutputStream();
        Thread.ofPlatform().name("units: spawn").daemon().start(() -> read(started));
    }

    private void read(Process from) {
        String reason = "the program " + program + " ended";
        try (DataInputStream in = new DataInputStream(new BufferedInputStream(from.getInputStream(), BUFFER))) {
            byte[] header = new byte[HEADER];
            while (true) {
                in.readFully(header);
                ByteBuffer h = ByteBuffer.wrap(header).order(ByteOrder.nativeOrder());
                int length = h.getInt();
                char op = (char) h.get();
                h.position(8);
                if (length < 0 || length > MOST_PAYLOAD) {
                    throw new IOException("a frame of " + length + " bytes");
                }
                dispatch(op, h.getInt(), h.getInt(), in.readNBytes(length));
            }
        } catch (EOFException e) {
            // told below
        } catch (IOException e) {
            reason += ": " + e.getMessage();
        }
        lock.lock();
        try {
            process = null;
            if (closed) {
                return;
            }
        } finally {
            lock.unlock();
        }
        from.destroyForcibly();
        listener.gone(reason);
    }

    private void dispatch(char op, int group, int id, byte[] payload) throws IOException {
        ByteBuffer p = ByteBuffer.wrap(payload).order(ByteOrder.nativeOrder());
        switch (op) {
            case 'P' -> listener.started(group, id, p.getInt());
            case 'X' -> listener.executing(group, id);
            case 'F' -> listener.failed(group, id, p.getInt(), p.getInt(), rest(p));
            case 'E' -> listener.ended(group, id, p.getInt(), p.getInt(), p.getInt());
            case 'Z' -> listener.empty(group);
            case 'M' -> listener.outOfMemory(group, p.getInt());
            case 'O', 'o' -> listener.output(group, id, payload, op == 'o');
            case 'N' -> listener.notification(group, p.getInt(), rest(p));
            case 'L' -> listener.listening(id);
            case 'T' -> listener.traffic(id, p.getInt(), rest(p));
            default -> throw new IOException("an unknown frame " + (int) op);
        }
    }

    private static String rest(ByteBuffer p) {
        return StandardCharsets.UTF_8.decode(p).toString();
    }

    /** Ends it; it takes what it started along. */
    @Override public void close() {
        Process ending;
        lock.lock();
        try {
            closed = true;
            ending = process;
            if (to != null) {
                to.close();
            }
        } catch (IOException e) {
            // it is gone already
            ending = process;
        } finally {
            lock.unlock();
        }
        try {
            if (ending != null && !ending.waitFor(END_SECONDS, TimeUnit.SECONDS)) {
                ending.destroyForcibly();
            }
        } catch (InterruptedException e) {
            ending.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
