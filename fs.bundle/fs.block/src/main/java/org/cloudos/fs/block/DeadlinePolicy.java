package org.cloudos.fs.block;

import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.IoPolicy;
import org.osgi.service.component.annotations.Component;

/**
 * Goes through the blocks in one direction, so that neighbours come together, but lets nobody wait longer than a deadline: half a second for
 * reads, five for writes. Reads go before writes, of which one batch goes for each few of reads. Flushes and discards go at once.
 */
@Component(property = IoPolicy.NAME + "=deadline")
public final class DeadlinePolicy implements IoPolicy {
    private static final long READ_DEADLINE = TimeUnit.MILLISECONDS.toNanos(500), WRITE_DEADLINE = TimeUnit.SECONDS.toNanos(5);
    private static final int BATCH = 16, STARVED = 2;

    /** For the framework. */
    public DeadlinePolicy() { }

    @Override public String name() {
        return "deadline";
    }

    @Override public Order order() {
        return new Deadlines();
    }

    /** Requests of one direction, by block and by age. */
    private static final class Side {
        private final TreeMap<Long, ArrayDeque<Request>> sorted = new TreeMap<>();
        private final LinkedHashSet<Request> aged = new LinkedHashSet<>(); // requests are equal only to themselves
        private final long deadline;

        Side(long deadline) {
            this.deadline = deadline;
        }

        void add(Request r) {
            sorted.computeIfAbsent(r.block(), b -> new ArrayDeque<>(1)).add(r);
            aged.add(r);
        }

        boolean isEmpty() {
            return aged.isEmpty();
        }

        boolean late(long now) {
            return !aged.isEmpty() && now - aged.getFirst().since() > deadline;
        }

        /** The oldest when it is late, else the first at or behind the block, else the first of all. */
        Request next(long from, long now) {
            Request r;
            if (late(now)) {
                r = aged.getFirst();
            } else {
                var at = sorted.ceilingEntry(from);
                r = (at == null ? sorted.firstEntry() : at).getValue().getFirst();
            }
            ArrayDeque<Request> same = sorted.get(r.block());
            same.remove(r);
            if (same.isEmpty()) {
                sorted.remove(r.block());
            }
            aged.remove(r);
            return r;
        }
    }

    private static final class Deadlines implements Order {
        private final ArrayDeque<Request> first = new ArrayDeque<>();
        private final Side reads = new Side(READ_DEADLINE), writes = new Side(WRITE_DEADLINE);
        private long position;
        private int batch, batchesOfReads;
        private boolean writing;

        @Override public void add(Request r) {
            switch (r.op()) {
                case READ -> reads.add(r);
                case WRITE, WRITE_THROUGH -> writes.add(r);
                case FLUSH, DISCARD, WRITE_ZEROES -> first.add(r);
            }
        }

        @Override public int size() {
            return first.size() + reads.aged.size() + writes.aged.size();
        }

        @Override public Request next(long now) {
            if (!first.isEmpty()) {
                return first.poll();
            }
            if (size() == 0) {
                return null;
            }
            if (batch == 0 || (writing ? writes : reads).isEmpty()) {
                choose(now);
            }
            batch--;
            Request r = (writing ? writes : reads).next(position, now);
            position = r.block() + r.count();
            return r;
        }

        private void choose(long now) {
            boolean canWrite = !writes.isEmpty(), canRead = !reads.isEmpty();
            writing = canWrite && (!canRead || batchesOfReads >= STARVED || writes.late(now) && !reads.late(now));
            batchesOfReads = writing ? 0 : canWrite ? batchesOfReads + 1 : 0;
            batch = BATCH;
        }
    }
}
