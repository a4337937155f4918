package org.cloudos.cli.bench;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The other end of cables of QEMU's: a connection over the loopback each, by which every frame comes after its length (4 bytes). It counts frames, and sends
 * some for as long as a frame asks (bench:frames has its layout). The connection holds whoever is too fast: nothing is lost on the way.
 */
final class FramesPeer implements AutoCloseable {
    private static final byte[] ASK = "SENDHERE".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = 14, TYPE = 0x88b5, LEAST = 60, MOST = 1514, LARGEST = 1 << 17, BATCH = 64, BUFFER = 1 << 18, MOST_MS = 600_000;

    private final ServerSocket server;
    private final List<Cable> cables = new CopyOnWriteArrayList<>();

    private record Order(int size, int milliseconds) { }

    FramesPeer() throws IOException {
        server = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("frames").start(this::accept);
    }

    /** For {@code -netdev socket,connect=}. */
    String address() {
        return server.getInetAddress().getHostAddress() + ":" + server.getLocalPort();
    }

    /** Frames that came by the cable that was plugged in as this one, from 0 on. */
    long received(int cable) {
        return cable < cables.size() ? cables.get(cable).received.get() : 0;
    }

    private void accept() {
        try {
            while (true) {
                Socket socket = server.accept();
                socket.setTcpNoDelay(true);
                socket.setSendBufferSize(BUFFER); // little waits on the way when the time is over
                Cable cable = new Cable(socket);
                cables.add(cable);
                Thread.ofPlatform().daemon().name("frames in").start(cable::receive);
                Thread.ofPlatform().daemon().name("frames out").start(cable::send);
            }
        } catch (IOException e) {
            return; // closed
        }
    }

    @Override public void close() throws IOException {
        server.close();
        for (Cable cable : cables) {
            cable.socket.close();
        }
    }

    private static final class Cable {
        private final Socket socket;
        private final AtomicLong received = new AtomicLong();
        private final BlockingQueue<Order> orders = new LinkedBlockingQueue<>();

        private Cable(Socket socket) {
            this.socket = socket;
        }

        private void receive() {
            try (DataInputStream in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), BUFFER))) {
                byte[] frame = new byte[LARGEST];
                while (true) {
                    int length = in.readInt();
                    if (length < 0 || length > LARGEST) {
                        throw new IOException("expected a frame of up to " + LARGEST + " bytes, found " + length);
                    }
                    in.readFully(frame, 0, length);
                    received.incrementAndGet();
                    if (length >= LEAST && frame[HEADER] == ASK[0]) {
                        asked(ByteBuffer.wrap(frame, 0, length));
                    }
                }
            } catch (IOException e) {
                orders.add(new Order(0, 0)); // the machine is off
            }
        }

        private void asked(ByteBuffer frame) {
            byte[] text = new byte[ASK.length];
            frame.get(HEADER, text);
            int size = frame.getInt(HEADER + ASK.length);
            int milliseconds = frame.getInt(HEADER + ASK.length + 4);
            if (frame.getShort(12) == (short) TYPE && java.util.Arrays.equals(text, ASK) && size >= LEAST && size <= MOST && milliseconds > 0
                    && milliseconds <= MOST_MS) {
                orders.add(new Order(size, milliseconds));
            }
        }

        private void send() {
            try {
                OutputStream out = socket.getOutputStream();
                for (Order order = orders.take(); order.size > 0; order = orders.take()) {
                    byte[] batch = batch(order.size);
                    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(order.milliseconds);
                    while (System.nanoTime() < end) {
                        out.write(batch);
                    }
                }
            } catch (IOException e) {
                return; // the machine is off
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        private static byte[] batch(int size) {
            ByteBuffer all = ByteBuffer.allocate(BATCH * (4 + size));
            for (int i = 0; i < BATCH; i++) {
                int at = all.position();
                all.putInt(size).putInt(-1).putShort((short) -1).put((byte) 2);
                all.position(at + 4 + 12).putShort((short) TYPE);
                all.position(at + 4 + size);
            }
            return all.array();
        }
    }
}
