package org.cloudos.metrics.history;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TickCodecTest {
    private static byte[] encode(TickCodec codec, double... values) {
        ByteBuffer out = ByteBuffer.allocate(codec.room());
        codec.encode(values, out);
        return Arrays.copyOf(out.array(), out.position());
    }

    private static TickCodec of(int series) {
        TickCodec codec = new TickCodec();
        for (int i = 0; i < series; i++) {
            codec.add();
        }
        return codec;
    }

    @Test void goldenBytes() {
        TickCodec codec = of(5);
        // +3: zigzag 6, kind 1 -> 0x19; -1: zigzag 1 -> 0x05; 1.5: n = 2 + 16 * 6, kind 2, then 3ff8; not there, twice
        assertEquals("1905" + "8a033ff8" + "07", HexFormat.of().formatHex(encode(codec, 3, -1, 1.5, TickCodec.ABSENT, TickCodec.ABSENT)));
        assertEquals("0807", HexFormat.of().formatHex(encode(codec, 3, -1, 1.5, TickCodec.ABSENT, TickCodec.ABSENT)), "three as they were");
    }

    @Test void whatGoesInComesOut() {
        for (long seed = 0; seed < 200; seed++) {
            Random random = new Random(seed);
            int series = 1 + random.nextInt(40);
            TickCodec writer = of(series);
            TickCodec reader = of(series);
            double[] values = new double[series];
            for (int tick = 0; tick < 30; tick++) {
                for (int i = 0; i < series; i++) {
                    values[i] = next(random, values[i]);
                }
                reader.decode(ByteBuffer.wrap(encode(writer, values)));
                for (int i = 0; i < series; i++) {
                    assertEquals(Double.doubleToRawLongBits(values[i]), Double.doubleToRawLongBits(reader.value(i)), "seed " + seed);
                }
            }
        }
    }

    private static double next(Random random, double old) {
        return switch (random.nextInt(12)) {
            case 0 -> TickCodec.ABSENT;
            case 1 -> Double.NaN;
            case 2 -> random.nextBoolean() ? Double.POSITIVE_INFINITY : -0.0;
            case 3 -> Double.longBitsToDouble(random.nextLong());
            case 4 -> random.nextInt(100);
            case 5 -> old + random.nextInt(1000);
            case 6 -> old + random.nextDouble();
            case 7 -> random.nextLong();
            default -> old;
        };
    }

    @Test void damageIsSaidOrRead() {
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(20)];
            random.nextBytes(bytes);
            try {
                of(random.nextInt(6)).decode(ByteBuffer.wrap(bytes));
            } catch (IllegalArgumentException e) {
                // as it should
            }
        }
        TickCodec codec = of(1);
        assertThrows(IllegalArgumentException.class, () -> codec.decode(ByteBuffer.wrap(new byte[] {4})), "two series of one");
        assertThrows(IllegalArgumentException.class, () -> codec.decode(ByteBuffer.wrap(new byte[] {(byte) 0x80})), "a number that is cut");
    }

    @Test void cutTicksLeaveTheRestAbsent() {
        TickCodec codec = of(2);
        codec.decode(ByteBuffer.wrap(encode(of(1), 5)));
        assertArrayEquals(new long[] {Double.doubleToRawLongBits(5), 0x7ff0000000000002L},
                new long[] {Double.doubleToRawLongBits(codec.value(0)), Double.doubleToRawLongBits(codec.value(1))});
    }
}
