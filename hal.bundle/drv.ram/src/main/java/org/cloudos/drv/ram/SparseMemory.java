package org.cloudos.drv.ram;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.StampedLock;
import org.cloudos.hal.block.BlockStatus;

/** Memory that exists in chunks, where something was written; the rest reads as zeros. Thread-safe. */
final class SparseMemory implements AutoCloseable {
    static final int CHUNK = 1 << 16;
    private static final int TABLE = 1 << 14, STRIPES = 64;

    private final long limit;
    private final Arena arena = Arena.ofShared();
    private final AtomicReferenceArray<AtomicReferenceArray<MemorySegment>> tables;
    private final ConcurrentLinkedQueue<MemorySegment> spare = new ConcurrentLinkedQueue<>();
    private final AtomicLong used = new AtomicLong();
    /** Of a chunk: shared by those that use its memory, exclusive for who makes or clears it. */
    private final StampedLock[] stripes = new StampedLock[STRIPES];
    private boolean closed; // guarded by any stripe; set under all

    /**
     * @param bytes the size
     * @param limit bytes of memory at most
     */
    SparseMemory(long bytes, long limit) {
        this.limit = limit;
        long chunks = Math.ceilDiv(bytes, CHUNK);
        tables = new AtomicReferenceArray<>(Math.toIntExact(Math.ceilDiv(chunks, TABLE)));
        for (int i = 0; i < STRIPES; i++) {
            stripes[i] = new StampedLock();
        }
    }

    /** Memory in use. */
    long used() {
        return used.get();
    }

    BlockStatus read(long offset, MemorySegment into) {
        long size = into.byteSize();
        for (long done = 0; done < size;) {
            long at = offset + done, in = at % CHUNK, length = Math.min(size - done, CHUNK - in);
            StampedLock lock = lock(at / CHUNK);
            long stamp = lock.readLock();
            try {
                if (closed) {
                    return BlockStatus.GONE;
                }
                MemorySegment chunk = chunk(at / CHUNK);
                if (chunk == null) {
                    into.asSlice(done, length).fill((byte) 0);
                } else {
                    MemorySegment.copy(chunk, in, into, done, length);
                }
            } finally {
                lock.unlockRead(stamp);
            }
            done += length;
        }
        return BlockStatus.OK;
    }

    BlockStatus write(long offset, MemorySegment from) {
        long size = from.byteSize();
        for (long done = 0; done < size;) {
            long at = offset + done, in = at % CHUNK, length = Math.min(size - done, CHUNK - in);
            BlockStatus status = write(at / CHUNK, in, from, done, length);
            if (status != BlockStatus.OK) {
                return status;
            }
            done += length;
        }
        return BlockStatus.OK;
    }

    private BlockStatus write(long index, long in, MemorySegment from, long done, long length) {
        StampedLock lock = lock(index);
        while (true) {
            long stamp = lock.readLock();
            try {
                if (closed) {
                    return BlockStatus.GONE;
                }
                MemorySegment chunk = chunk(index);
                if (chunk != null) {
                    MemorySegment.copy(from, done, chunk, in, length);
                    return BlockStatus.OK;
                }
            } finally {
                lock.unlockRead(stamp);
            }
            BlockStatus status = make(index, lock);
            if (status != BlockStatus.OK) {
                return status;
            }
        }
    }

    private BlockStatus make(long index, StampedLock lock) {
        long stamp = lock.writeLock();
        try {
            if (closed) {
                return BlockStatus.GONE;
            }
            if (chunk(index) != null) {
                return BlockStatus.OK;
            }
            if (used.addAndGet(CHUNK) > limit) {
                used.addAndGet(-CHUNK);
                return BlockStatus.NO_SPACE;
            }
            MemorySegment chunk = spare.poll();
            try {
                chunk = chunk == null ? arena.allocate(CHUNK, 4096) : chunk.fill((byte) 0);
            } catch (OutOfMemoryError e) { // native memory has a limit of its own, -XX:MaxDirectMemorySize
                used.addAndGet(-CHUNK);
                return BlockStatus.NO_SPACE;
            }
            int table = (int) (index / TABLE);
            if (tables.get(table) == null) {
                tables.compareAndSet(table, null, new AtomicReferenceArray<>(TABLE));
            }
            tables.get(table).set((int) (index % TABLE), chunk);
            return BlockStatus.OK;
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    /** Makes a range zeros; whole chunks of it take no memory after. */
    BlockStatus clear(long offset, long length) {
        long end = offset + length;
        for (long at = offset; at < end;) {
            long index = at / CHUNK, next = Math.min(end, (index + 1) * CHUNK);
            AtomicReferenceArray<MemorySegment> table = tables.get((int) (index / TABLE));
            if (table == null) { // nothing was ever written here: a large device is cleared in steps of a table
                at = Math.min(end, (index / TABLE + 1) * TABLE * CHUNK);
                continue;
            }
            if (table.get((int) (index % TABLE)) != null && clear(table, index, at, next) != BlockStatus.OK) {
                return BlockStatus.GONE;
            }
            at = next;
        }
        return BlockStatus.OK;
    }

    private BlockStatus clear(AtomicReferenceArray<MemorySegment> table, long index, long from, long to) {
        StampedLock lock = lock(index);
        long stamp = lock.writeLock();
        try {
            if (closed) {
                return BlockStatus.GONE;
            }
            int slot = (int) (index % TABLE);
            MemorySegment chunk = table.get(slot);
            if (chunk != null && to - from == CHUNK) {
                table.set(slot, null);
                spare.add(chunk);
                used.addAndGet(-CHUNK);
            } else if (chunk != null) {
                chunk.asSlice(from - index * CHUNK, to - from).fill((byte) 0);
            }
            return BlockStatus.OK;
        } finally {
            lock.unlockWrite(stamp);
        }
    }

    private StampedLock lock(long index) {
        return stripes[(int) (index % STRIPES)];
    }

    private MemorySegment chunk(long index) {
        AtomicReferenceArray<MemorySegment> table = tables.get((int) (index / TABLE));
        return table == null ? null : table.get((int) (index % TABLE));
    }

    @Override public void close() {
        long[] stamps = new long[STRIPES];
        for (int i = 0; i < STRIPES; i++) {
            stamps[i] = stripes[i].writeLock();
        }
        try {
            if (!closed) {
                closed = true;
                arena.close();
            }
        } finally {
            for (int i = 0; i < STRIPES; i++) {
                stripes[i].unlockWrite(stamps[i]);
            }
        }
    }
}
