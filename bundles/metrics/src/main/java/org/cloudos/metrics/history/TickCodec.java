package org.cloudos.metrics.history;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Values of a tick as cells; the format is in the package's description. Writer and reader hold the same state. */
final class TickCodec {
    /** Marks a series that is not there, as Prometheus marks staleness. */
    static final double ABSENT = Double.longBitsToDouble(0x7ff0000000000002L);
    private static final double WHOLE = 1L << 51;
    private static final int SAME = 0;
    private static final int DELTA = 1;
    private static final int BITS = 2;
    private static final int NONE = 3;

    private double[] values = new double[256];
    private int size;

    static boolean absent(double value) {
        return Double.doubleToRawLongBits(value) == 0x7ff0000000000002L;
    }

    /** Forgets all series. */
    void reset() {
        size = 0;
    }

    /** One series more. */
    void add() {
        if (size == values.length) {
            values = Arrays.copyOf(values, size * 2);
        }
        values[size++] = 0;
    }

    int size() {
        return size;
    }

    double value(int id) {
        return values[id];
    }

    /** Bytes that {@link #encode} may need. */
    int room() {
        return size * 11 + 16;
    }

    /** Writes the values of a tick: as many as there are series. */
    void encode(double[] now, ByteBuffer out) {
        int id = 0;
        while (id < size) {
            int run = run(now, id);
            if (run > 0) {
                varint(out, (long) (run - 1) << 2 | (absent(now[id]) ? NONE : SAME));
                for (int i = id; i < id + run; i++) {
                    values[i] = now[i];
                }
                id += run;
            } else {
                cell(values[id], now[id], out);
                values[id] = now[id];
                id++;
            }
        }
    }

    /** Length of the run of absent or of unchanged series from here; 0 when the first is neither. */
    private int run(double[] now, int from) {
        boolean none = absent(now[from]);
        int i = from;
        while (i < size && (none ? absent(now[i]) : !absent(now[i]) && same(now[i], values[i]))) {
            i++;
        }
        return i - from;
    }

    private static boolean same(double a, double b) {
        return Double.doubleToRawLongBits(a) == Double.doubleToRawLongBits(b);
    }

    private static void cell(double old, double now, ByteBuffer out) {
        if (whole(old) && whole(now)) {
            long delta = (long) now - (long) old;
            varint(out, (delta << 1 ^ delta >> 63) << 2 | DELTA);
            return;
        }
        long bits = Double.doubleToRawLongBits(old) ^ Double.doubleToRawLongBits(now);
        int zeros = Long.numberOfTrailingZeros(bits) / 8;
        bits >>>= zeros * 8;
        int bytes = (71 - Long.numberOfLeadingZeros(bits)) / 8;
        varint(out, (long) (bytes | zeros << 4) << 2 | BITS);
        for (int i = bytes - 1; i >= 0; i--) {
            out.put((byte) (bits >>> i * 8));
        }
    }

    private static boolean whole(double value) {
        return Math.abs(value) < WHOLE && value == Math.rint(value) && Double.doubleToRawLongBits(value) != Long.MIN_VALUE;
    }

    /**
     * Reads the values of a tick into the state.
     *
     * @throws IllegalArgumentException when the bytes are no cells of this many series
     */
    void decode(ByteBuffer in) {
        int id = 0;
        try {
            while (in.hasRemaining()) {
                long head = varint(in);
                long n = head >>> 2;
                switch ((int) head & 3) {
                    case SAME -> id = within(id, n);
                    case NONE -> {
                        int end = within(id, n);
                        Arrays.fill(values, id, end, ABSENT);
                        id = end;
                    }
                    case DELTA -> {
                        within(id, 0);
                        values[id++] += n >>> 1 ^ -(n & 1);
                    }
                    default -> {
                        within(id, 0);
                        values[id] = Double.longBitsToDouble(Double.doubleToRawLongBits(values[id]) ^ bits(in, n));
                        id++;
                    }
                }
            }
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("a cell is cut", e);
        }
        Arrays.fill(values, id, size, ABSENT);
    }

    private static long bits(ByteBuffer in, long n) {
        int bytes = (int) (n & 15);
        int zeros = (int) (n >>> 4);
        if (n >>> 4 > 7 || bytes < 1 || bytes + zeros > 8) {
            throw new IllegalArgumentException("expected a cell of 1 to 8 bytes, found " + bytes + " and " + (n >>> 4) + " zeros");
        }
        long bits = 0;
        for (int i = 0; i < bytes; i++) {
            bits = bits << 8 | in.get() & 0xff;
        }
        return bits << zeros * 8;
    }

    private int within(int id, long more) {
        if (more < 0 || more >= size - id) {
            throw new IllegalArgumentException("expected cells for " + size + " series, found more");
        }
        return id + (int) more + 1;
    }

    static void varint(ByteBuffer out, long value) {
        while ((value & ~0x7fL) != 0) {
            out.put((byte) (value | 0x80));
            value >>>= 7;
        }
        out.put((byte) value);
    }

    static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte b = in.get();
            value |= (long) (b & 0x7f) << shift;
            if (b >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 10 bytes");
    }
}
