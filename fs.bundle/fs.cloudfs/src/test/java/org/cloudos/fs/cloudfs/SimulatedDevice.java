package org.cloudos.fs.cloudfs;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/**
 * A sparse device in memory whose power can be cut: it keeps what was written since the last flush apart, and builds a state in which any part
 * of that came to the medium, some blocks in part.
 */
final class SimulatedDevice implements BlockDevice {
    private static final int SECTOR = 512;
    private static final int BLOCK = 4096;
    private final long blocks;
    private final String name;
    private final Map<Long, byte[]> medium = new HashMap<>(); // what surely survives
    private final Map<Long, byte[]> current = new HashMap<>(); // what reads see, where it differs
    private final List<Pending> pending = new ArrayList<>();
    private long requests;
    private long failAt = Long.MAX_VALUE;
    private Runnable atRequest = () -> { };
    private boolean keep;
    private boolean pulled;
    private boolean vanished;

    private record Pending(long block, byte[] bytes) { }

    SimulatedDevice(long bytes) {
        this(bytes, "simulated");
    }

    SimulatedDevice(long bytes, String name) {
        this.blocks = bytes / BLOCK;
        this.name = name;
    }

    private SimulatedDevice(SimulatedDevice from) {
        this.blocks = from.blocks;
        this.name = from.name;
        medium.putAll(from.medium);
    }

    /** From now on remembers what is not flushed. */
    synchronized SimulatedDevice recording() {
        keep = true;
        return this;
    }

    synchronized long requests() {
        return requests;
    }

    /** Every write and flush from this one on fails. */
    synchronized void failFrom(long request) {
        failAt = request;
    }

    /** Nothing answers any more, or again. What was not flushed stays in doubt. */
    synchronized void pulled(boolean now) {
        pulled = now;
    }

    /** As {@link #pulled}, and its driver has taken the service back. */
    synchronized void vanished(boolean now) {
        vanished = now;
    }

    private void served() {
        if (vanished) {
            throw new IllegalStateException(name + " is no longer there");
        }
    }

    /** Called before every write and flush. */
    synchronized void atRequest(Runnable hook) {
        atRequest = hook;
    }

    /** What a cut leaves: of unflushed writes any subset in any order of arrival, single sectors of some. */
    synchronized SimulatedDevice cut(RandomGenerator random) {
        SimulatedDevice left = new SimulatedDevice(this);
        int how = random.nextInt(4);
        for (Pending p : pending) {
            boolean arrives = switch (how) {
                case 0 -> false;
                case 1 -> true;
                case 2 -> random.nextBoolean();
                default -> random.nextInt(10) > 0;
            };
            if (!arrives) {
                continue;
            }
            byte[] bytes = p.bytes;
            if (random.nextInt(8) == 0) { // torn
                byte[] torn = left.medium.getOrDefault(p.block, new byte[BLOCK]).clone();
                for (int at = 0; at < BLOCK; at += SECTOR) {
                    if (random.nextBoolean()) {
                        System.arraycopy(bytes, at, torn, at, SECTOR);
                    }
                }
                bytes = torn;
            }
            left.medium.put(p.block, bytes);
        }
        return left;
    }

    /** The blocks as reads see them. */
    synchronized byte[] block(long block) {
        byte[] bytes = current.get(block);
        return bytes != null ? bytes : medium.getOrDefault(block, new byte[BLOCK]);
    }

    /** Changes a block behind everybody's back. */
    synchronized void damage(long block, byte[] bytes) {
        current.remove(block);
        medium.put(block, bytes);
    }

    synchronized SimulatedDevice copy() {
        SimulatedDevice copy = new SimulatedDevice(this);
        copy.medium.putAll(current);
        return copy;
    }

    /** The same device, with an end that came early. */
    synchronized SimulatedDevice shortened(long toBlocks) {
        SimulatedDevice left = new SimulatedDevice(toBlocks * BLOCK);
        left.medium.putAll(medium);
        left.medium.keySet().removeIf(b -> b >= toBlocks);
        return left;
    }

    @Override public String name() {
        served();
        return name;
    }

    @Override public BlockGeometry geometry() {
        served();
        return new BlockGeometry(SECTOR, BLOCK, blocks * (BLOCK / SECTOR), 1 << 20, 1, false, true, true, true, false);
    }

    @Override public synchronized void read(long block, MemorySegment into) throws BlockException {
        here("read");
        check(block, into.byteSize(), "read");
        for (long at = 0; at < into.byteSize(); at += BLOCK) {
            MemorySegment.copy(block((block * SECTOR + at) / BLOCK), 0, into, ValueLayout.JAVA_BYTE, at, BLOCK);
        }
    }

    private void check(long block, long bytes, String what) throws BlockException {
        if (block < 0 || block % 8 != 0 || bytes % BLOCK != 0 || block / 8 + bytes / BLOCK > blocks) {
            throw new BlockException(name, what + " of " + block + "+" + bytes, BlockStatus.OUT_OF_RANGE);
        }
    }

    private void here(String what) throws BlockException {
        served();
        if (pulled) {
            throw new BlockException(name, what, BlockStatus.GONE);
        }
    }

    private void request(String what) throws BlockException {
        atRequest.run();
        here(what);
        if (++requests > failAt) {
            throw new BlockException(name, what, BlockStatus.DEVICE_ERROR);
        }
    }

    @Override public synchronized void write(long block, MemorySegment from) throws BlockException {
        check(block, from.byteSize(), "write");
        request("write");
        for (long at = 0; at < from.byteSize(); at += BLOCK) {
            byte[] bytes = from.asSlice(at, BLOCK).toArray(ValueLayout.JAVA_BYTE);
            long b = (block * SECTOR + at) / BLOCK;
            if (keep) {
                current.put(b, bytes);
                pending.add(new Pending(b, bytes));
            } else {
                medium.put(b, bytes);
            }
        }
    }

    @Override public synchronized void writeThrough(long block, MemorySegment from) throws BlockException {
        write(block, from);
        if (keep) {
            // Only these blocks are safe: what else is pending stays so, but writes of these blocks before are overtaken.
            for (long at = 0; at < from.byteSize(); at += BLOCK) {
                long b = (block * SECTOR + at) / BLOCK;
                pending.removeIf(p -> p.block == b);
                medium.put(b, current.get(b));
            }
        }
    }

    @Override public synchronized void flush() throws BlockException {
        request("flush");
        pending.forEach(p -> medium.put(p.block, p.bytes));
        pending.clear();
        current.clear();
    }

    @Override public void discard(long block, long count) { }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        write(block, MemorySegment.ofArray(new byte[Math.toIntExact(count * SECTOR)]));
    }

    @Override public BlockQueue queue(int depth) {
        throw new UnsupportedOperationException("no queue");
    }
}
