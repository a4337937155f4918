package org.cloudos.fs.cloudfs.check;

import java.util.Map;
import java.util.TreeMap;

/** How often blocks are referred to: ranges that don't overlap, neighbours with one count joined. */
final class Counts {
    /** Gets ranges in ascending order. */
    interface Sink {
        void range(long start, long end, long count);
    }

    private record Range(long end, long count) { }

    private final TreeMap<Long, Range> ranges = new TreeMap<>();

    /** One more reference, or several. */
    void add(long start, long blocks, long times) {
        long end = start + blocks;
        split(start);
        split(end);
        long at = start;
        while (at < end) {
            Map.Entry<Long, Range> next = ranges.ceilingEntry(at);
            if (next == null || next.getKey() >= end) {
                ranges.put(at, new Range(end, times));
                return;
            }
            if (next.getKey() > at) {
                ranges.put(at, new Range(next.getKey(), times));
                at = next.getKey();
            }
            Range r = ranges.get(at);
            ranges.put(at, new Range(r.end, r.count + times));
            at = r.end;
        }
    }

    private void split(long at) {
        Map.Entry<Long, Range> before = ranges.lowerEntry(at);
        if (before != null && before.getValue().end > at) {
            ranges.put(before.getKey(), new Range(at, before.getValue().count));
            ranges.put(at, before.getValue());
        }
    }

    void each(Sink sink) {
        ranges.forEach((start, r) -> sink.range(start, r.end, r.count));
    }

    /** Ranges from a block on, until {@code to}. */
    void each(long from, long to, Sink sink) {
        Map.Entry<Long, Range> e = ranges.floorEntry(from);
        if (e == null || e.getValue().end <= from) {
            e = ranges.ceilingEntry(from);
        }
        while (e != null && e.getKey() < to) {
            sink.range(Math.max(from, e.getKey()), Math.min(to, e.getValue().end), e.getValue().count);
            e = ranges.higherEntry(e.getKey());
        }
    }
}
