package org.cloudos.test.system;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;

/**
 * The other end of a network card's cable: QEMU's socket back end, a length of four bytes before each frame. It sends and checks frames as bench:send is
 * documented to make them, in code of its own. Frames wait in the socket when one side is slow: none may be lost.
 */
final class FramePeer implements AutoCloseable {
    /** Sends whatever the card has room for: for bench:receive without {@code --answer}. */
    static final int UNLIMITED = Integer.MAX_VALUE;
    private static final int TYPE = 0x88b5, TAGGED = 0x8100, HEADER = 24, LEAST = 60;
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    private Socket socket;
    private DataInputStream in;
    private DataOutputStream out;
    private volatile long moved;

    FramePeer() throws IOException { }

    String backEnd(String id) {
        return "socket,id=" + id + ",connect=127.0.0.1:" + server.getLocalPort();
    }

    /** Once QEMU runs. */
    void accept() throws IOException {
        socket = server.accept();
        socket.setSoTimeout((int) Limits.COMMAND.toMillis());
        in = new DataInputStream(new BufferedInputStream(socket.getInputStream(), 1 << 16));
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream(), 1 << 16));
    }

    /**
     * Frames of all sizes from 60 to {@code largest}, for bench:receive with {@code --answer}.
     *
     * @param window that are not answered at most: what the card has room for; the other end answers after half of it
     * @param vlan   whose tag they have, or 0
     */
    long send(long frames, int largest, int window, int vlan) throws IOException {
        return send(() -> moved == frames, largest, window, vlan);
    }

    /** Frames of all sizes until it is enough, and a last one that says how many they were. @return how many */
    long sendUntil(BooleanSupplier enough, int largest, int window) throws IOException {
        long frames = send(enough, largest, window, 0);
        write(frame(~frames, LEAST, 0));
        out.flush();
        return frames;
    }

    private long send(BooleanSupplier enough, int largest, int window, int vlan) throws IOException {
        SplittableRandom random = new SplittableRandom(3);
        long answered = 0;
        for (moved = 0; !enough.getAsBoolean();) {
            write(frame(moved, random.nextInt(LEAST, largest + 1), vlan));
            moved++; // by one thread alone
            while (window != UNLIMITED && moved - answered >= window) {
                out.flush();
                answered = answer(answered, moved);
            }
        }
        out.flush();
        while (window != UNLIMITED && moved - answered >= window / 2) {
            answered = answer(answered, moved); // the last one: none is left for who reads next
        }
        return moved;
    }

    /** How many frames went out, or came whole, in the run that is under way; for another thread to look. */
    long moved() {
        return moved;
    }

    private void write(byte[] frame) throws IOException {
        out.writeInt(frame.length);
        out.write(frame);
    }

    /** @return how many frames came there, by the next frame if it is an answer */
    private long answer(long before, long sent) throws IOException {
        ByteBuffer b = read();
        boolean ours = (b.getShort(12) & 0xffff) == TYPE && b.getLong(14) <= sent;
        return ours ? b.getLong(14) : before;
    }

    private ByteBuffer read() throws IOException {
        byte[] frame = new byte[in.readInt()];
        in.readFully(frame);
        return ByteBuffer.wrap(frame);
    }

    private static byte[] frame(long number, int length, int vlan) {
        ByteBuffer b = ByteBuffer.allocate(length);
        b.putShort((short) -1).putInt(-1).putShort((short) 0x5254).putInt(1);
        if (vlan != 0) {
            b.putShort((short) TAGGED).putShort((short) vlan);
        }
        b.putShort((short) TYPE).putLong(number).putShort((short) length);
        pattern(b, number, b.position(), length);
        return b.array();
    }

    private static void pattern(ByteBuffer b, long number, int from, int length) {
        int at = from;
        for (; at + 8 <= length; at += 8) {
            b.putLong(at, word(number, at));
        }
        for (; at < length; at++) {
            b.put(at, (byte) word(number, at));
        }
    }

    /** MurmurHash3's finalizer over seed and offset. */
    private static long word(long seed, long offset) {
        long z = seed * 0x9e3779b97f4a7c15L + offset;
        z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
        z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
        return z ^ z >>> 33;
    }

    /** Reads frames until so many came, all of them in order and whole. @param vlan whose tag they must have, or 0 */
    long expect(long frames, int vlan) throws IOException {
        for (moved = 0; moved < frames;) {
            ByteBuffer b = read();
            if (isOurs(b)) {
                check(b, moved, vlan);
                moved++;
            }
        }
        return moved;
    }

    /** Reads frames until it is enough, which it says then, and to the last one, which says how many they were: all of them in order and whole. */
    long expectUntil(BooleanSupplier enough) throws IOException {
        boolean told = false;
        moved = 0;
        while (true) {
            if (!told && enough.getAsBoolean()) {
                told = true;
                write(frame(~moved, LEAST, 0));
                out.flush();
            }
            ByteBuffer b = read();
            if (isOurs(b)) {
                boolean last = told && b.getLong(14) == ~moved;
                check(b, last ? ~moved : moved, 0);
                if (last) {
                    return moved;
                }
                moved++;
            }
        }
    }

    private static int shift(ByteBuffer b) {
        return (b.getShort(12) & 0xffff) == TAGGED ? 4 : 0;
    }

    private static boolean isOurs(ByteBuffer b) {
        return (b.getShort(12 + shift(b)) & 0xffff) == TYPE;
    }

    private static void check(ByteBuffer b, long number, int vlan) {
        int shift = shift(b);
        int tag = shift == 0 ? 0 : b.getShort(14) & 0xfff;
        int length = b.getShort(shift + 22) & 0xffff;
        ByteBuffer expected = ByteBuffer.allocate(b.capacity()).put(b.array(), 0, HEADER + shift);
        pattern(expected, number, HEADER + shift, length);
        if (tag != vlan || b.getLong(shift + 14) != number || length != b.capacity() || !java.util.Arrays.equals(expected.array(), b.array())) {
            throw new AssertionError("expected frame " + number + " of VLAN " + vlan + ", found number " + b.getLong(shift + 14) + ", VLAN " + tag + ", "
                    + length + " bytes that came as " + b.capacity());
        }
    }

    @Override public void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
        server.close();
    }
}
