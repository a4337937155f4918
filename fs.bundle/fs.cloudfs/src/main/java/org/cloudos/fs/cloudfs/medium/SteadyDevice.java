package org.cloudos.fs.cloudfs.medium;

import java.lang.foreign.MemorySegment;
import org.cloudos.fs.FsException;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;

/**
 * A device that may go while it is used. It is a service of somebody else: once its driver has taken it back, a call throws whatever the framework
 * throws for a service that is gone. Here that is a request that failed, and name and size stay what they were.
 */
final class SteadyDevice implements BlockDevice {
    final BlockDevice device;
    private final String name;
    private volatile BlockGeometry geometry;

    private SteadyDevice(BlockDevice device) {
        this.device = device;
        this.name = device.name();
        this.geometry = device.geometry();
    }

    /** {@code EIO} for one that has gone already. */
    static SteadyDevice of(BlockDevice device) throws FsException {
        if (device instanceof SteadyDevice steady) {
            return steady;
        }
        try {
            return new SteadyDevice(device);
        } catch (RuntimeException e) {
            throw new FsException.DeviceFailed("a device that was given", e);
        }
    }

    private interface Request {
        void run() throws BlockException;
    }

    private void call(String what, Request request) throws BlockException {
        try {
            request.run();
        } catch (IllegalArgumentException | IndexOutOfBoundsException ours) {
            throw ours;
        } catch (RuntimeException e) {
            throw new BlockException(name, what, BlockStatus.GONE, String.valueOf(e.getMessage()), e);
        }
    }

    @Override public String name() {
        return name;
    }

    @Override public BlockGeometry geometry() {
        try {
            geometry = device.geometry();
        } catch (RuntimeException gone) {
            return geometry;
        }
        return geometry;
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        call("read", () -> device.read(block, into));
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        call("write", () -> device.write(block, from));
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        call("write", () -> device.writeThrough(block, from));
    }

    @Override public void flush() throws BlockException {
        call("flush", device::flush);
    }

    @Override public void discard(long block, long count) throws BlockException {
        call("discard", () -> device.discard(block, count));
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        call("write of zeroes", () -> device.writeZeroes(block, count));
    }

    @Override public BlockQueue queue(int depth) throws BlockException {
        BlockQueue[] made = new BlockQueue[1];
        call("queue", () -> made[0] = device.queue(depth));
        return made[0];
    }
}
