package org.cloudos.fs.cloudfs.medium;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;

/**
 * The volume's blocks of 4 KiB. With two devices each holds all: writes go to both, a read names the one that it wants. A device that fails a
 * write is left out from then on; the last one that fails is an error. Thread-safe.
 */
public final class Medium implements AutoCloseable {
    private static final int STAGE = 1 << 20;
    private static final int STAGES = 4;
    private final List<BlockDevice> devices;
    private final boolean[] failed;
    private final long blocks;
    private final BlockCipher cipher;
    private final Arena arena = Arena.ofShared();
    private final ArrayBlockingQueue<MemorySegment> stages = new ArrayBlockingQueue<>(STAGES);
    /** Counts whatever was written, when it was, so that a caller knows whether a flush is due. */
    private final AtomicLong writes = new AtomicLong();
    private volatile long flushed;

    /** @param cipher null for a volume in the clear */
    public Medium(List<BlockDevice> devices, BlockCipher cipher) throws FsException {
        this.devices = List.copyOf(devices);
        this.failed = new boolean[devices.size()];
        this.cipher = cipher;
        long least = Long.MAX_VALUE;
        for (BlockDevice device : devices) {
            BlockGeometry geometry = device.geometry();
            if (geometry.blockSize() > Layout.BLOCK) {
                throw new FsException.Refused(Errno.EINVAL, device.name() + ": blocks of " + geometry.blockSize() + " bytes, expected at most 4096");
            }
            least = Math.min(least, geometry.bytes() / Layout.BLOCK);
        }
        this.blocks = least;
        for (int i = 0; i < STAGES; i++) {
            stages.add(arena.allocate(STAGE, Layout.BLOCK));
        }
    }

    /** The same devices with another cipher; this one is closed. */
    public Medium with(BlockCipher other) throws FsException {
        close();
        return new Medium(devices, other);
    }

    public int copies() {
        return devices.size();
    }

    /** Of the smallest device, now. */
    public long blocks() {
        return devices.stream().mapToLong(d -> d.geometry().bytes() / Layout.BLOCK).min().orElse(blocks);
    }

    public boolean readOnly() {
        return devices.stream().anyMatch(d -> d.geometry().readOnly());
    }

    public List<BlockDevice> devices() {
        return devices;
    }

    public boolean failed(int copy) {
        return failed[copy];
    }

    /** Reads blocks from one device. @throws FsException.DeviceFailed also for a device that was left out */
    public void read(int copy, long block, MemorySegment into) throws FsException {
        BlockDevice device = devices.get(copy);
        try {
            if (into.isNative() && cipher == null) {
                device.read(block * sectors(device), into);
                return;
            }
            MemorySegment stage = stage();
            try {
                for (long at = 0; at < into.byteSize(); at += STAGE) {
                    long length = Math.min(STAGE, into.byteSize() - at);
                    MemorySegment part = stage.asSlice(0, length);
                    device.read((block + at / Layout.BLOCK) * sectors(device), part);
                    decrypt(part, into.asSlice(at, length), block + at / Layout.BLOCK);
                }
            } finally {
                stages.add(stage);
            }
        } catch (BlockException e) {
            throw new FsException.DeviceFailed("block " + block, e);
        }
    }

    private void decrypt(MemorySegment from, MemorySegment to, long block) {
        if (cipher == null) {
            to.copyFrom(from);
            return;
        }
        byte[] bytes = from.toArray(ValueLayout.JAVA_BYTE);
        cipher.decrypt(bytes, 0, bytes.length, block);
        MemorySegment.copy(bytes, 0, to, ValueLayout.JAVA_BYTE, 0, bytes.length);
    }

    public byte[] read(int copy, long block, int length) throws FsException {
        byte[] bytes = new byte[length];
        read(copy, block, MemorySegment.ofArray(bytes));
        return bytes;
    }

    /** Writes blocks to all devices. */
    public void write(long block, MemorySegment from) throws FsException {
        write(block, from, false);
    }

    /** Blocks that survive a cut when this returns. */
    public void writeThrough(long block, MemorySegment from) throws FsException {
        write(block, from, true);
    }

    private void write(long block, MemorySegment from, boolean through) throws FsException {
        try {
            toAll(block, from, through);
        } finally {
            if (!through) {
                writes.incrementAndGet(); // after it: a flush that began meanwhile may not have it
            }
        }
    }

    private void toAll(long block, MemorySegment from, boolean through) throws FsException {
        if (from.isNative() && cipher == null) {
            each("write of block " + block, d -> {
                put(d, block, from, through);
            });
            return;
        }
        MemorySegment stage = stage();
        try {
            for (long at = 0; at < from.byteSize(); at += STAGE) {
                long length = Math.min(STAGE, from.byteSize() - at), first = block + at / Layout.BLOCK;
                MemorySegment part = stage.asSlice(0, length);
                if (cipher == null) {
                    part.copyFrom(from.asSlice(at, length));
                } else {
                    byte[] bytes = from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE);
                    cipher.encrypt(bytes, 0, bytes.length, first);
                    MemorySegment.copy(bytes, 0, part, ValueLayout.JAVA_BYTE, 0, bytes.length);
                }
                each("write of block " + first, d -> put(d, first, part, through));
            }
        } finally {
            stages.add(stage);
        }
    }

    private static void put(BlockDevice device, long block, MemorySegment from, boolean through) throws BlockException {
        if (through) {
            device.writeThrough(block * sectors(device), from);
        } else {
            device.write(block * sectors(device), from);
        }
    }

    /** Writes to one device alone, in repair. */
    public void repair(int copy, long block, byte[] bytes) throws FsException {
        MemorySegment stage = stage();
        try {
            byte[] out = bytes.clone();
            if (cipher != null) {
                cipher.encrypt(out, 0, out.length, block);
            }
            MemorySegment.copy(out, 0, stage, ValueLayout.JAVA_BYTE, 0, out.length);
            devices.get(copy).write(block * sectors(devices.get(copy)), stage.asSlice(0, out.length));
        } catch (BlockException e) {
            throw new FsException.DeviceFailed("repair of block " + block, e);
        } finally {
            writes.incrementAndGet();
            stages.add(stage);
        }
    }

    /** Superblocks and claims are never encrypted. */
    public byte[] readClear(int copy, long block) throws FsException {
        MemorySegment stage = stage();
        try {
            MemorySegment part = stage.asSlice(0, Layout.BLOCK);
            devices.get(copy).read(block * sectors(devices.get(copy)), part);
            return part.toArray(ValueLayout.JAVA_BYTE);
        } catch (BlockException e) {
            throw new FsException.DeviceFailed("block " + block, e);
        } finally {
            stages.add(stage);
        }
    }

    /** Writes a block in the clear, to one device. */
    public void writeClear(int copy, long block, byte[] bytes, boolean through) throws FsException {
        MemorySegment stage = stage();
        try {
            MemorySegment part = stage.asSlice(0, Layout.BLOCK);
            MemorySegment.copy(bytes, 0, part, ValueLayout.JAVA_BYTE, 0, Layout.BLOCK);
            if (!failed[copy]) {
                put(devices.get(copy), block, part, through);
            }
        } catch (BlockException e) {
            lost(copy, "write of block " + block, e);
        } finally {
            stages.add(stage);
        }
    }

    /** Whether something was written since the last flush began. */
    public boolean unflushed() {
        return writes.get() != flushed;
    }

    public void flush() throws FsException {
        long before = writes.get();
        each("flush", BlockDevice::flush);
        flushed = before;
    }

    /** Where the devices can. */
    public void discard(long block, long count) throws FsException {
        each("discard", d -> d.discard(block * sectors(d), count * sectors(d)));
    }

    @FunctionalInterface
    private interface Request {
        void on(BlockDevice device) throws BlockException;
    }

    private void each(String what, Request request) throws FsException {
        for (int i = 0; i < failed.length; i++) {
            if (failed[i]) {
                continue;
            }
            try {
                request.on(devices.get(i));
            } catch (BlockException e) {
                lost(i, what, e);
            }
        }
    }

    private synchronized void lost(int copy, String what, BlockException e) throws FsException {
        int left = 0;
        for (boolean f : failed) {
            left += f ? 0 : 1;
        }
        if (left <= 1) {
            throw new FsException.DeviceFailed(what, e);
        }
        failed[copy] = true;
    }

    /** Waits for a stage; an interrupt is kept for later: half a change is worse than a late answer. */
    private MemorySegment stage() {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return stages.take();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static int sectors(BlockDevice device) {
        return Layout.BLOCK / device.geometry().blockSize();
    }

    /** Gives memory back; the devices are their owner's. */
    @Override public void close() {
        arena.close();
    }
}
