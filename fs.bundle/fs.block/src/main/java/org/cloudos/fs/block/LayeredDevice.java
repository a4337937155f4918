package org.cloudos.fs.block;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockLayer.Statistics;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.block.IoPolicy;

/** A device with what stands before it: statistics always, an order of requests and a cache where they were asked for. */
final class LayeredDevice implements BlockDevice, AutoCloseable {
    private final BlockDevice raw;
    private final Meter meter = new Meter();
    /** Shared by requests, exclusive for who changes what stands before the device. */
    private final ReentrantReadWriteLock shape = new ReentrantReadWriteLock();
    private Dispatcher dispatcher; // guarded by shape; null: requests go as they come
    private CacheDevice cache; // guarded by shape; null: none
    private String policy = "none"; // guarded by shape

    LayeredDevice(BlockDevice raw) {
        this.raw = raw;
    }

    @Override public String name() {
        return raw.name();
    }

    @Override public BlockGeometry geometry() {
        return raw.geometry();
    }

    private interface Use {
        void of() throws BlockException;
    }

    private void shared(Use use) throws BlockException {
        shape.readLock().lock();
        try {
            use.of();
        } finally {
            shape.readLock().unlock();
        }
    }

    private final CacheDevice.Below below = new CacheDevice.Below() {
        @Override public void read(long block, MemorySegment into) throws BlockException {
            run(Op.READ, block, count(into), into, () -> raw.read(block, into));
        }

        @Override public void write(long block, MemorySegment from) throws BlockException {
            run(Op.WRITE, block, count(from), from, () -> raw.write(block, from));
        }

        @Override public void flush() throws BlockException {
            run(Op.FLUSH, 0, 0, null, raw::flush);
        }

        @Override public BlockGeometry geometry() {
            return raw.geometry();
        }
    };

    private long count(MemorySegment memory) {
        int size = raw.geometry().blockSize();
        if (memory.byteSize() % size != 0) {
            throw new IllegalArgumentException("memory: expected a multiple of " + size + " bytes, found " + memory.byteSize());
        }
        return memory.byteSize() / size;
    }

    /** A request, through the dispatcher where there is one and it can take it. */
    private void run(Op op, long block, long count, MemorySegment memory, Use direct) throws BlockException {
        long bytes = count * raw.geometry().blockSize(), since = meter.begin();
        boolean ok = false;
        try {
            boolean queued = dispatcher != null && bytes <= raw.geometry().maxTransfer() && (memory == null ? op == Op.FLUSH : dispatcher.canTake(memory));
            if (queued) {
                Task task = new Task(op, block, count, memory, 0, null);
                dispatcher.add(task);
                BlockStatus status = task.await();
                if (status != BlockStatus.OK) {
                    throw new BlockException(name(), op + " of " + count + " blocks at " + block, status);
                }
            } else {
                direct.of();
            }
            ok = true;
        } finally {
            meter.end(op, bytes, ok, since);
        }
    }

    private boolean cached(long block, long count) {
        return cache != null && block >= 0 && cache.covers(block, count);
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        long count = count(into);
        shared(() -> {
            if (cached(block, count)) {
                cache.read(block, into);
            } else {
                below.read(block, into);
            }
        });
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        long count = count(from);
        shared(() -> {
            if (cached(block, count)) {
                cache.write(block, from);
            } else {
                below.write(block, from);
            }
        });
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        long count = count(from);
        shared(() -> {
            if (cached(block, count)) {
                cache.write(block, from);
                cache.flush();
            } else {
                run(Op.WRITE_THROUGH, block, count, from, () -> raw.writeThrough(block, from));
            }
        });
    }

    @Override public void flush() throws BlockException {
        shared(() -> {
            if (cache != null) {
                cache.flush();
            } else {
                below.flush();
            }
        });
    }

    @Override public void discard(long block, long count) throws BlockException {
        change(Op.DISCARD, block, count, () -> raw.discard(block, count));
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        change(Op.WRITE_ZEROES, block, count, () -> raw.writeZeroes(block, count));
    }

    private void change(Op op, long block, long count, Use direct) throws BlockException {
        shared(() -> {
            if (cache != null) {
                cache.drop(block, count);
            }
            long since = meter.begin();
            boolean ok = false;
            try {
                direct.of();
                ok = true;
            } finally {
                meter.end(op, 0, ok, since);
            }
        });
    }

    /** Goes past the cache, and keeps it true: what it holds of the device is written and forgotten first, and it is off from then on. */
    @Override public BlockQueue queue(int depth) throws BlockException {
        cache(0);
        shape.readLock().lock();
        try {
            return new MeteredQueue(dispatcher != null ? new DispatchQueue(dispatcher, depth) : raw.queue(depth), meter, raw.geometry().blockSize());
        } finally {
            shape.readLock().unlock();
        }
    }

    /** @param chosen null for none */
    void policy(IoPolicy chosen) throws BlockException {
        shape.writeLock().lock();
        try {
            if (dispatcher != null) {
                dispatcher.close();
                dispatcher = null;
            }
            dispatcher = chosen == null ? null : new Dispatcher(raw, chosen, meter);
            policy = chosen == null ? "none" : chosen.name();
        } finally {
            shape.writeLock().unlock();
        }
    }

    String policy() {
        shape.readLock().lock();
        try {
            return policy;
        } finally {
            shape.readLock().unlock();
        }
    }

    /** @param bytes 0 for none */
    void cache(long bytes) throws BlockException {
        shape.writeLock().lock();
        try {
            CacheDevice old = cache;
            cache = null;
            if (old != null) {
                old.close();
            }
            cache = bytes > 0 ? new CacheDevice(below, bytes) : null;
        } finally {
            shape.writeLock().unlock();
        }
    }

    Statistics statistics() {
        shape.readLock().lock();
        try {
            return new Statistics(name(), policy, cache == null ? 0 : cache.bytes(), meter.reads.sum(), meter.readBytes.sum(), meter.writes.sum(),
                    meter.writtenBytes.sum(), meter.flushes.sum(), meter.discards.sum(), meter.failed.sum(), meter.merged.sum(), meter.underWay(),
                    meter.busy(), meter.waited.sum(), cache == null ? 0 : cache.hits(), cache == null ? 0 : cache.dirtyBytes());
        } finally {
            shape.readLock().unlock();
        }
    }

    @Override public void close() throws BlockException {
        try {
            cache(0);
        } finally {
            policy(null);
        }
    }
}
