package org.cloudos.cli.fs;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.ToNumberPolicy;
import com.google.gson.reflect.TypeToken;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import org.cloudos.cli.Failure;

/**
 * Orders to the process that serves a mount: one a connection. Each side sends frames: kind(1) · length(4) · bytes. O: the order, JSON; D: data;
 * P: progress, text; R: the result, JSON; E: an error, text. An empty D ends the asker's data. The socket is its owner's alone.
 */
final class Control implements AutoCloseable {
    private static final int LARGEST = 1 << 20;
    private static final Gson JSON = new GsonBuilder().setObjectToNumberStrategy(ToNumberPolicy.LONG_OR_DOUBLE).create();
    private final ServerSocketChannel server;
    private final Path socket;
    private final Work work;

    Control(Path socket, Work work) throws IOException {
        this.socket = socket;
        this.work = work;
        Files.deleteIfExists(socket);
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(UnixDomainSocketAddress.of(socket));
        Files.setPosixFilePermissions(socket, PosixFilePermissions.fromString("rw-------"));
        Thread.ofPlatform().daemon().name("control").start(this::listen);
    }

    private void listen() {
        while (server.isOpen()) {
            try {
                SocketChannel asker = server.accept();
                Thread.ofPlatform().daemon().name("control order").start(() -> serve(asker));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(SocketChannel asker) {
        try (asker; Frames frames = new Frames(asker)) {
            try {
                Frame first = frames.read();
                if (first.kind != 'O') {
                    throw new IOException("expected an order, found a frame of kind " + first.kind);
                }
                List<Map<String, Object>> rows = work.run(JSON.fromJson(first.text(), Order.class), frames);
                frames.write('R', JSON.toJson(rows).getBytes(StandardCharsets.UTF_8), 0, -1);
            } catch (IOException | RuntimeException e) {
                frames.write('E', String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8), 0, -1);
            }
        } catch (IOException e) {
            return; // who asked is gone
        }
    }

    /** Has the other process do something. @param here gives input, takes output and progress */
    static List<Map<String, Object>> ask(Path socket, Order order, Order.Exchange here) throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket)); Frames frames = new Frames(channel)) {
            frames.write('O', JSON.toJson(order).getBytes(StandardCharsets.UTF_8), 0, -1);
            if (order.what().equals("receive")) {
                Thread.ofPlatform().daemon().start(() -> feed(frames, here));
            }
            while (true) {
                Frame frame = frames.read();
                switch (frame.kind) {
                    case 'P' -> here.progress(frame.text());
                    case 'D' -> here.output().write(frame.bytes);
                    case 'R' -> {
                        return JSON.fromJson(frame.text(), new TypeToken<List<Map<String, Object>>>() { }.getType());
                    }
                    default -> throw new Failure(frame.text());
                }
            }
        } catch (EOFException e) {
            throw new Failure("The process that serves the mount ended meanwhile");
        }
    }

    private static void feed(Frames frames, Order.Exchange here) {
        byte[] buffer = new byte[65_536];
        try {
            InputStream in = here.input();
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                frames.write('D', buffer, 0, n);
            }
            frames.write('D', buffer, 0, 0);
        } catch (IOException e) {
            return; // the other side says why
        }
    }

    private record Frame(char kind, byte[] bytes) {
        String text() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** Both ends of a connection. */
    private static final class Frames implements Order.Exchange, AutoCloseable {
        private final DataInputStream in;
        private final DataOutputStream out;

        Frames(SocketChannel channel) {
            in = new DataInputStream(Channels.newInputStream(channel));
            out = new DataOutputStream(Channels.newOutputStream(channel));
        }

        Frame read() throws IOException {
            char kind = (char) in.readUnsignedByte();
            int length = in.readInt();
            if (length < 0 || length > LARGEST) {
                throw new IOException("expected a frame of at most " + LARGEST + " bytes, found " + length);
            }
            return new Frame(kind, in.readNBytes(length));
        }

        /** @param length below 0: all */
        synchronized void write(char kind, byte[] bytes, int from, int length) throws IOException {
            int count = length < 0 ? bytes.length : length;
            byte[] whole = new byte[5 + count];
            whole[0] = (byte) kind;
            ByteBuffer.wrap(whole).putInt(1, count);
            System.arraycopy(bytes, from, whole, 5, count);
            out.write(whole);
        }

        @Override public void progress(String text) throws IOException {
            write('P', text.getBytes(StandardCharsets.UTF_8), 0, -1);
        }

        @Override public OutputStream output() {
            return new OutputStream() {
                @Override public void write(int b) throws IOException {
                    write(new byte[] {(byte) b}, 0, 1);
                }

                @Override public void write(byte[] bytes, int from, int length) throws IOException {
                    for (int at = 0; at < length; at += LARGEST) {
                        Frames.this.write('D', bytes, from + at, Math.min(LARGEST, length - at));
                    }
                }
            };
        }

        @Override public InputStream input() {
            return new InputStream() {
                private byte[] frame = {};
                private int at;
                private boolean end;

                @Override public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override public int read(byte[] into, int from, int length) throws IOException {
                    if (!end && at == frame.length) {
                        frame = Frames.this.read().bytes;
                        at = 0;
                        end = frame.length == 0;
                    }
                    if (end) {
                        return -1;
                    }
                    int n = Math.min(length, frame.length - at);
                    System.arraycopy(frame, at, into, from, n);
                    at += n;
                    return n;
                }
            };
        }

        @Override public void close() throws IOException {
            out.close();
        }
    }

    @Override public void close() throws IOException {
        server.close();
        Files.deleteIfExists(socket);
    }
}
