package org.cloudos.journal.store;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;

/**
 * Takes records from any thread and puts them together to blocks; one thread takes these away to write them. Bounded: who
 * comes when it is full waits a little while the medium makes progress, else the record is counted as lost.
 */
final class Batches {
    static final String BUNDLE = "org.cloudos.journal";
    private static final int BLOCK = 128 << 10, SCRATCHES = 8, MAX_SCRATCH = 64 << 10, SPINS = 64;
    private static final long PATIENCE = Duration.ofMillis(50).toNanos();

    /** What the writing thread is to do. */
    record Work(List<Chunk> chunks, boolean sync, boolean stop) { }

    final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final Condition room = lock.newCondition();
    private final Condition arrived = lock.newCondition();
    private final Condition synced = lock.newCondition();
    private final AtomicReferenceArray<RecordBytes> scratches = new AtomicReferenceArray<>(SCRATCHES);
    private volatile Names names = new Names();
    private volatile Settings settings;

    // All of these: guarded by lock.
    private final BlockBuilder builder = new BlockBuilder(BLOCK);
    private final RecordBytes own = new RecordBytes();
    private final ArrayDeque<Chunk> pending = new ArrayDeque<>();
    private long pendingBytes;
    private long builderSince;
    private long next;
    private long sealed;      // sequence up to which records are in blocks
    private long written;     // sequence up to which blocks are in the file
    private long syncedTo;
    private long lastSync;
    private long records;
    private long lost;
    private long untold;      // of the lost, those that no record tells of yet
    private String trouble = "";
    private String reason = "";
    private long retryAt;
    private boolean stalled;  // nobody waits for a medium that made no progress
    private boolean urgent;
    private boolean syncWanted;
    private boolean closing;

    Batches(Settings settings, long next) {
        this.settings = settings;
        this.next = next;
        sealed = next - 1;
        written = sealed;
        syncedTo = sealed;
        lastSync = System.nanoTime();
    }

    void settings(Settings changed) {
        settings = changed;
    }

    void append(Entry entry) {
        RecordBytes record = scratches.getAndSet(slot(), null);
        if (record == null) {
            record = new RecordBytes();
        }
        boolean encoded = record.encode(entry, names);
        acquire();
        try {
            if (closing || pendingBytes >= settings.bufferBytes() && !awaitRoom()) {
                lose();
                return;
            }
            if (untold > 0) {
                tellLoss();
            }
            put(record, encoded, entry);
            if (entry.level() == Level.ERROR && !urgent) {
                urgent = true;
                work.signal();
            }
        } finally {
            lock.unlock();
            scratches.set(slot(), record.out.bytes.length <= MAX_SCRATCH ? record : null);
        }
    }

    private static int slot() {
        return (int) Thread.currentThread().threadId() & SCRATCHES - 1;
    }

    /** The lock is held for some hundred nanoseconds: parking at once costs more. */
    private void acquire() {
        for (int i = 0; i < SPINS; i++) {
            if (lock.tryLock()) {
                return;
            }
            Thread.onSpinWait();
        }
        lock.lock();
    }

    /** Preconditions: lock held. */
    private void put(RecordBytes record, boolean encodedBefore, Entry entry) {
        boolean encoded = encodedBefore;
        while (!encoded || record.names != names) {
            if (!encoded && record.names == names) {
                names = new Names();
            }
            encoded = record.encode(entry, names);
        }
        if (!builder.takes(record)) {
            seal();
        }
        builder.add(next++, record);
        records++;
        if (builder.count() == 1) {
            builderSince = System.nanoTime();
            work.signal();
        }
    }

    private void lose() {
        lost++;
        untold++;
        reason = closing ? "the journal was closed" : trouble.isEmpty() ? "records came faster than they could be written" : trouble;
    }

    private void tellLoss() {
        long count = untold;
        untold = 0;
        Entry loss = Entry.at(Level.WARN, count + (count == 1 ? " record was lost: " : " records were lost: ") + reason)
                .bundle(BUNDLE).subsystem("journal").logger(BUNDLE).with("lost", Long.toString(count)).build();
        put(own, own.encode(loss, names), loss);
    }

    /** Preconditions: lock held. False when there is none in time. */
    private boolean awaitRoom() {
        long left = trouble.isEmpty() && !stalled ? PATIENCE : 0;
        while (pendingBytes >= settings.bufferBytes() && trouble.isEmpty() && left > 0 && !closing) {
            try {
                left = room.awaitNanos(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return pendingBytes < settings.bufferBytes();
            }
        }
        boolean found = pendingBytes < settings.bufferBytes() && !closing;
        stalled = !found;
        return found;
    }

    /** Preconditions: lock held. */
    private void seal() {
        if (builder.count() == 0) {
            return;
        }
        Chunk chunk = builder.finish(0);
        sealed = chunk.header().last();
        pending.add(chunk);
        pendingBytes += chunk.bytes().length;
        urgent = false;
        work.signal();
        arrived.signalAll();
    }

    /** What is to be done next; waits for it, at most until a moment. */
    Work next(long wakeAt) {
        lock.lock();
        try {
            while (true) {
                long now = System.nanoTime();
                long sealAt = builderSince + settings.flush().toNanos();
                boolean building = builder.count() > 0;
                if (building && (urgent || closing || syncWanted || now - sealAt >= 0)) {
                    seal();
                    building = false;
                }
                boolean waiting = !pending.isEmpty();
                boolean unsynced = !waiting && syncedTo < written;
                long syncAt = lastSync + settings.sync().toNanos();
                boolean sync = unsynced && (syncWanted || closing || now - syncAt >= 0) && (trouble.isEmpty() || now - retryAt >= 0);
                boolean write = waiting && (closing || now - retryAt >= 0);
                if (write || sync || closing || now - wakeAt >= 0) {
                    return new Work(write ? new ArrayList<>(pending) : List.of(), sync, closing);
                }
                long wait = wakeAt - now;
                wait = building ? Math.min(wait, sealAt - now) : wait;
                wait = waiting || unsynced && !trouble.isEmpty() ? Math.min(wait, retryAt - now) : wait;
                wait = unsynced && trouble.isEmpty() ? Math.min(wait, syncAt - now) : wait;
                work.awaitNanos(Math.max(wait, 1));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Work(List.of(), true, true);
        } finally {
            lock.unlock();
        }
    }

    /** The oldest chunk is in the file. {@code publish} makes it readable there, at the same moment as it leaves here. */
    void written(Chunk chunk, Runnable publish) {
        lock.lock();
        try {
            publish.run();
            pending.removeFirst();
            pendingBytes -= chunk.bytes().length;
            written = chunk.header().last();
            stalled = false;
            recovered();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void recovered() {
        if (!trouble.isEmpty()) {
            trouble = "";
            retryAt = System.nanoTime();
            if (untold > 0) {
                tellLoss();
            }
        }
    }

    void synced() {
        lock.lock();
        try {
            syncedTo = written;
            lastSync = System.nanoTime();
            syncWanted = false;
            if (pending.isEmpty()) {
                recovered(); // else there are blocks that the medium did not take
            }
            synced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void failed(String why, Duration pause) {
        lock.lock();
        try {
            trouble = why;
            retryAt = System.nanoTime() + pause.toNanos();
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean sync(Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            long target = next - 1;
            while (syncedTo < target) {
                if (left <= 0 || closing) {
                    return false;
                }
                syncWanted = true;
                work.signal();
                left = synced.awaitNanos(left);
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until blocks hold more than up to a sequence. */
    void awaitMore(long after, Duration limit) throws InterruptedException {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (sealed <= after && left > 0 && !closing) {
                left = arrived.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Preconditions: lock held. What is not in a file yet; with {@code all}, what is not in a block yet too. */
    Run pending(boolean all) {
        if (all) {
            seal();
        }
        return new Located.Pending(List.copyOf(pending));
    }

    void close() {
        lock.lock();
        try {
            seal();
            closing = true;
            work.signalAll();
            arrived.signalAll();
            room.signalAll();
            synced.signalAll();
        } finally {
            lock.unlock();
        }
    }

    boolean allWritten() {
        lock.lock();
        try {
            return pending.isEmpty();
        } finally {
            lock.unlock();
        }
    }

    long newest() {
        lock.lock();
        try {
            return next - 1;
        } finally {
            lock.unlock();
        }
    }

    /** Preconditions: lock held. */
    org.cloudos.journal.Journal.Status status(int files, long bytes, long raw, long damaged, long oldest) {
        return new org.cloudos.journal.Journal.Status(records, lost, trouble, files, bytes, raw, damaged, oldest, next - 1, syncedTo);
    }
}
