package org.cloudos.hal.queue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/**
 * One ring for many users: each opens a {@link BlockQueue} of its own. What the ring has no room for waits, and users take turns. One of those
 * who wait for an end waits for the device too and hands over what is others'.
 */
public final class SharedQueue {
    private static final Thread ANOTHER = Thread.ofPlatform().unstarted(() -> { });
    private final RequestQueue ring; // its lock guards all of this
    private final BlockQueue.Completion dispatch = this::ended;
    private final List<Share> shares = new ArrayList<>();
    private final Share[] owners;    // by the ring's tag
    private final int[] theirs;      // the owner's slot
    private final int[] free;
    private int freeCount;
    private int turn;
    private int waiting;
    private Share leader;            // waits for the device

    public SharedQueue(RequestQueue ring) {
        this.ring = ring;
        owners = new Share[ring.depth()];
        theirs = new int[ring.depth()];
        free = new int[ring.depth()];
        for (int i = 0; i < free.length; i++) {
            free[i] = i;
        }
        freeCount = free.length;
    }

    /** Whether any thread may use it: who looks after the device copies what is others'. */
    static boolean isForAll(MemorySegment memory) {
        return memory.isAccessibleBy(ANOTHER);
    }

    /** Whether a queue is one of several users' of a ring. */
    static boolean isShare(BlockQueue queue) {
        return queue instanceof Share;
    }

    /** A queue for one user. */
    public BlockQueue open(int depth) {
        Share share = new Share(depth);
        ring.lock.lock();
        try {
            shares.add(share);
        } finally {
            ring.lock.unlock();
        }
        return share;
    }

    /** Gives the ring what waits, a request of each user in turn. Holds the lock. */
    private void fill() {
        while (waiting > 0 && freeCount > 0) {
            turn = turn + 1 >= shares.size() ? 0 : turn + 1;
            Share share = shares.get(turn);
            if (share.waiting.isEmpty()) {
                continue;
            }
            waiting--;
            int slot = share.waiting.take();
            int tag = free[--freeCount];
            owners[tag] = share;
            theirs[tag] = slot;
            Slots s = share.slots;
            try {
                ring.submit(s.op(slot), s.block(slot), s.count(slot), s.memory(slot), tag);
            } catch (IllegalStateException e) {
                ended(tag, BlockStatus.DEVICE_ERROR); // no memory for its transfer: its own user's trouble alone
            }
        }
    }

    /** Holds the lock. */
    private void ended(long tag, BlockStatus status) {
        int number = (int) tag;
        Share share = owners[number];
        owners[number] = null;
        free[freeCount++] = number;
        share.end(theirs[number], status);
    }

    /** Small numbers, first in, first out. */
    private static final class Fifo {
        private final int[] numbers;
        private int first;
        private int count;

        private Fifo(int most) {
            numbers = new int[most];
        }

        private boolean isEmpty() {
            return count == 0;
        }

        private void add(int number) {
            numbers[(first + count++) % numbers.length] = number;
        }

        private int take() {
            int number = numbers[first];
            first = (first + 1) % numbers.length;
            count--;
            return number;
        }
    }

    private final class Share implements BlockQueue {
        private final Slots slots;
        private final Fifo waiting;
        private final Fifo ends;
        private final BlockStatus[] statuses;
        private final Condition came = ring.lock.newCondition();
        private boolean parked;
        private boolean closed;

        private Share(int depth) {
            slots = new Slots(depth);
            waiting = new Fifo(depth);
            ends = new Fifo(depth);
            statuses = new BlockStatus[depth];
        }

        @Override public int depth() {
            return slots.depth();
        }

        @Override public int underWay() {
            ring.lock.lock();
            try {
                return slots.underWay();
            } finally {
                ring.lock.unlock();
            }
        }

        @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
            Requests.check(ring.geometry(), op, block, count, memory);
            if (Requests.transfers(op) && !isForAll(memory)) {
                throw new IllegalArgumentException("memory: expected of an arena that all threads may use, found one of a single thread");
            }
            ring.lock.lock();
            try {
                if (closed) {
                    throw new IllegalStateException("the queue is closed");
                }
                int slot = slots.take(op, block, count, memory, tag, 0);
                if (slot == Slots.NONE) {
                    return false;
                }
                waiting.add(slot);
                SharedQueue.this.waiting++;
                fill();
                return true;
            } finally {
                ring.lock.unlock();
            }
        }

        /** Holds the lock. */
        private void end(int slot, BlockStatus status) {
            statuses[slot] = status;
            ends.add(slot);
            if (parked) {
                came.signal();
            } else if (leader == this) {
                ring.wake(); // another thread saw its end first
            }
        }

        @Override public int complete(int least, long nanos, Completion sink) throws InterruptedException {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            long begin = System.nanoTime();
            int handed = 0;
            while (true) {
                look();
                handed += hand(sink);
                look(); // hands the device what the sink submitted
                if (handed >= least || underWay() == 0 || !pause(begin, nanos)) {
                    return handed;
                }
            }
        }

        /** @return whether there is something to hand over */
        private boolean look() {
            ring.lock.lock();
            try {
                Share before = leader;
                leader = leader == this ? null : leader; // it looks itself
                ring.poll(dispatch);
                leader = before;
                fill();
                return !ends.isEmpty();
            } finally {
                ring.lock.unlock();
            }
        }

        private int hand(Completion sink) {
            int handed = 0;
            for (int most = underWay(); handed < most; ) { // what the sink submits may end meanwhile, by another's look at the device
                long tag;
                BlockStatus status;
                ring.lock.lock();
                try {
                    if (ends.isEmpty()) {
                        return handed;
                    }
                    int slot = ends.take();
                    tag = slots.tag(slot);
                    status = statuses[slot];
                    slots.release(slot);
                } finally {
                    ring.lock.unlock();
                }
                handed++;
                sink.done(tag, status);
            }
            return handed;
        }

        /** For the device, or for another who waits for it. @return false when the time is over */
        private boolean pause(long begin, long nanos) throws InterruptedException {
            ring.lock.lockInterruptibly();
            try {
                if (!ends.isEmpty()) {
                    return true;
                }
                if (leader != null) {
                    return park(nanos - (System.nanoTime() - begin));
                }
                leader = this;
            } finally {
                ring.lock.unlock();
            }
            try {
                do {
                    if (!ring.pause(begin, nanos)) {
                        return false;
                    }
                } while (!look());
                ring.came(begin);
                return true;
            } finally {
                resign();
            }
        }

        /** Holds the lock. */
        private boolean park(long nanos) throws InterruptedException {
            parked = true;
            try {
                return came.awaitNanos(nanos) > 0;
            } finally {
                parked = false;
            }
        }

        /** Another who waits looks after the device now. */
        private void resign() {
            ring.lock.lock();
            try {
                leader = null;
                for (int i = 0; i < shares.size(); i++) { // no iterator: this is done for each request
                    if (shares.get(i).parked) {
                        shares.get(i).came.signal();
                        return;
                    }
                }
            } finally {
                ring.lock.unlock();
            }
        }

        @Override public void close() {
            boolean interrupted = false;
            while (underWay() > 0) {
                try {
                    complete(underWay(), Long.MAX_VALUE, (tag, status) -> { });
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
            ring.lock.lock();
            try {
                closed = true;
                shares.remove(this);
            } finally {
                ring.lock.unlock();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
