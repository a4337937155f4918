package org.cloudos.metrics.history;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/** The last ticks in memory, so that rules over some minutes never touch the disk. Guarded by its owner. */
final class Recent {
    /** Over ten minutes at 10 s. */
    static final int TICKS = 64;

    private static final class Row {
        private final double[] values = new double[TICKS];
        private long lastTick;
    }

    private final Map<SeriesKey, Row> rows = new HashMap<>();
    private final long[] times = new long[TICKS];
    private long count;

    void add(long time, Map<SeriesKey, Double> values) {
        int slot = (int) (count % TICKS);
        times[slot] = time;
        rows.values().removeIf(row -> count - row.lastTick >= TICKS);
        for (Row row : rows.values()) {
            row.values[slot] = TickCodec.ABSENT;
        }
        values.forEach((key, value) -> {
            Row row = rows.computeIfAbsent(key, k -> {
                Row made = new Row();
                Arrays.fill(made.values, TickCodec.ABSENT);
                return made;
            });
            row.values[slot] = value;
            row.lastTick = count;
        });
        count++;
    }

    /** Time of the oldest tick; the greatest number when there is none. */
    long oldest() {
        return count == 0 ? Long.MAX_VALUE : times[(int) (count <= TICKS ? 0 : count % TICKS)];
    }

    long newest() {
        return count == 0 ? Long.MIN_VALUE : times[(int) ((count - 1) % TICKS)];
    }

    int series() {
        return rows.size();
    }

    /** Takes all points of a series. */
    interface Taker {
        void point(SeriesKey key, long time, double value);
    }

    /** All points from this time on, oldest first for each series. */
    void each(long from, java.util.function.Predicate<SeriesKey> wanted, Taker taker) {
        rows.forEach((key, row) -> {
            if (wanted.test(key)) {
                for (long i = Math.max(0, count - TICKS); i < count; i++) {
                    int slot = (int) (i % TICKS);
                    if (times[slot] >= from) {
                        taker.point(key, times[slot], row.values[slot]);
                    }
                }
            }
        });
    }
}
