package org.cloudos.fs.cloudfs.medium;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockStatus;

/**
 * The volume's blocks of 4 KiB. With two devices each holds all: writes go to both, a read names the one that it wants. A device that fails a
 * write is left out from then on, and the other one says so ({@link Mirror}) before the write is done; the last one that fails is an error.
 * Thread-safe.
 */
public final class Medium implements AutoCloseable {
    private static final int STAGE = 1 << 20;
    private static final int STAGES = 4;
    private volatile Devices devices; // changed with the lock of this
    private final BlockCipher cipher;
    private Mirror mirror; // guarded by this; null until something may be written
    private final Arena arena = Arena.ofShared();
    private final ArrayBlockingQueue<MemorySegment> stages = new ArrayBlockingQueue<>(STAGES);
    /** Counts whatever was written, when it was, so that a caller knows whether a flush is due. */
    private final AtomicLong writes = new AtomicLong();
    private volatile long flushed;

    /**
     * Devices that all hold all.
     *
     * @param cipher null for a volume in the clear
     */
    public Medium(List<BlockDevice> devices, BlockCipher cipher) throws FsException {
        this(Devices.of(steady(devices.toArray(BlockDevice[]::new)), devices.stream().map(d -> Devices.Role.MEMBER).toArray(Devices.Role[]::new)), cipher);
    }

    private static BlockDevice[] steady(BlockDevice[] devices) throws FsException {
        BlockDevice[] steady = new BlockDevice[devices.length];
        for (int i = 0; i < devices.length; i++) {
            steady[i] = devices[i] == null ? null : SteadyDevice.of(devices[i]);
        }
        return steady;
    }

    private Medium(Devices devices, BlockCipher cipher) throws FsException {
        this.devices = devices;
        this.cipher = cipher;
        for (BlockDevice device : devices.at()) {
            if (device != null) {
                usable(device);
            }
        }
        for (int i = 0; i < STAGES; i++) {
            stages.add(arena.allocate(STAGE, Layout.BLOCK));
        }
    }

    /** {@code EINVAL} for one whose blocks are too large. */
    public static void usable(BlockDevice device) throws FsException {
        if (device.geometry().blockSize() > Layout.BLOCK) {
            throw new FsException.Refused(Errno.EINVAL, device.name() + ": blocks of " + device.geometry().blockSize() + " bytes, expected at most 4096");
        }
    }

    /** A mirror one of whose devices is behind, or not here: then it is null. */
    public static Medium half(BlockDevice[] devices, int member, BlockCipher cipher) throws FsException {
        Devices.Role other = devices[1 - member] == null ? Devices.Role.OUT : Devices.Role.BEHIND;
        return new Medium(Devices.of(steady(devices), member == 0 ? new Devices.Role[] {Devices.Role.MEMBER, other}
                : new Devices.Role[] {other, Devices.Role.MEMBER}), cipher);
    }

    /** The same devices with another cipher; this one is closed. */
    public Medium with(BlockCipher other) throws FsException {
        close();
        return new Medium(devices, other);
    }

    /** Of the volume, also those that are not here. */
    public int copies() {
        return devices.at().length;
    }

    /** Those that have all. */
    public int[] members() {
        return devices.members();
    }

    /** Those that can be read: the ones that have all first. */
    public int[] readers() {
        return devices.readers();
    }

    /** The one that lacks older blocks and takes all new ones, or -1. */
    public int behind() {
        Devices now = devices;
        return now.readers().length > now.members().length ? now.readers()[now.members().length] : -1;
    }

    /** Whether all devices have all. */
    public boolean whole() {
        return devices.members().length == devices.at().length;
    }

    /** Of the smallest device, now. */
    public long blocks() {
        Devices now = devices;
        return Arrays.stream(now.readers()).mapToLong(i -> now.at()[i].geometry().bytes() / Layout.BLOCK).min().orElse(0);
    }

    public boolean readOnly() {
        Devices now = devices;
        return Arrays.stream(now.readers()).anyMatch(i -> now.at()[i].geometry().readOnly());
    }

    /** Those that are here, also one that failed, as they were given. */
    public List<BlockDevice> devices() {
        return Arrays.stream(devices.at()).filter(Objects::nonNull).map(d -> ((SteadyDevice) d).device).toList();
    }

    /** By its number; null for one that is not here. Its name and size are there also when it has gone. */
    public BlockDevice device(int number) {
        return devices.at()[number];
    }

    Devices now() {
        return devices;
    }

    synchronized void set(int number, BlockDevice device, Devices.Role role) {
        devices = devices.with(number, device, role);
    }

    synchronized void mirror(Mirror of) {
        mirror = of;
    }

    /** A block in the clear, past all stages: who has them may be waiting. */
    void mark(BlockDevice device, long block, byte[] bytes) throws FsException {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment memory = own.allocate(Layout.BLOCK, Layout.BLOCK);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, Layout.BLOCK);
            put(device, block, memory, true);
        } catch (BlockException e) {
            throw new FsException.DeviceFailed("write of block " + block, e);
        }
    }

    private BlockDevice readable(int copy) throws BlockException {
        Devices now = devices;
        if (now.roles()[copy] == Devices.Role.OUT) {
            throw new BlockException(now.at()[copy] == null ? "device " + (copy + 1) : now.at()[copy].name(), "read", BlockStatus.GONE, "left out", null);
        }
        return now.at()[copy];
    }

    /** A read failed: a device that is not there any more is left out. */
    private FsException.DeviceFailed unread(int copy, long block, BlockException e) {
        if (e.status() == BlockStatus.GONE && devices.roles()[copy] != Devices.Role.OUT) {
            try {
                lost(copy, devices.at()[copy], "read of block " + block, e);
            } catch (FsException last) {
                // It is told below.
            }
        }
        return new FsException.DeviceFailed("block " + block, e);
    }

    /** Reads blocks from one device. @throws FsException.DeviceFailed also for a device that was left out */
    public void read(int copy, long block, MemorySegment into) throws FsException {
        try {
            BlockDevice device = readable(copy);
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
            throw unread(copy, block, e);
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
            BlockDevice device = readable(copy);
            device.write(block * sectors(device), stage.asSlice(0, out.length));
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
            BlockDevice device = readable(copy);
            device.read(block * sectors(device), part);
            return part.toArray(ValueLayout.JAVA_BYTE);
        } catch (BlockException e) {
            throw unread(copy, block, e);
        } finally {
            stages.add(stage);
        }
    }

    /** Writes a block in the clear, to one device. */
    public void writeClear(int copy, long block, byte[] bytes, boolean through) throws FsException {
        MemorySegment stage = stage();
        Devices now = devices;
        try {
            MemorySegment part = stage.asSlice(0, Layout.BLOCK);
            MemorySegment.copy(bytes, 0, part, ValueLayout.JAVA_BYTE, 0, Layout.BLOCK);
            if (now.roles()[copy] != Devices.Role.OUT) {
                put(now.at()[copy], block, part, through);
            }
        } catch (BlockException e) {
            lost(copy, now.at()[copy], "write of block " + block, e);
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
        Devices now = devices;
        for (int i = 0; i < now.at().length; i++) {
            if (now.roles()[i] == Devices.Role.OUT) {
                continue;
            }
            try {
                request.on(now.at()[i]);
            } catch (BlockException e) {
                lost(i, now.at()[i], what, e);
            }
        }
    }

    /** Others who wait here have failed on the same device: none of them is told of success before the other one has its mark. */
    private synchronized void lost(int copy, BlockDevice device, String what, BlockException e) throws FsException {
        if (devices.at()[copy] != device || devices.roles()[copy] == Devices.Role.OUT) {
            return;
        }
        if (!devices.hasOther(copy) || mirror == null) {
            throw new FsException.DeviceFailed(what, e);
        }
        if (devices.roles()[copy] == Devices.Role.MEMBER) {
            mirror.alone(copy);
        }
        devices = devices.with(copy, device, Devices.Role.OUT);
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
