package org.cloudos.drv.file;

import java.lang.foreign.MemorySegment;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.FileState;
import org.cloudos.linux.file.LinuxFile;
import org.cloudos.linux.file.LinuxFiles;
import org.cloudos.linux.file.LinuxFiles.Open;

/**
 * A file or a Linux block device. Opened past the page cache where that can be, and locked ({@code flock(2)}; of a block device also
 * exclusively, which mounted ones refuse): two systems don't write one image.
 *
 * <p>A {@link #flush} that failed may have lost what was written before it, and Linux tells that once. So all later ones fail too.
 */
public final class FileDevice implements BlockDevice, AutoCloseable {
    static final int MAX_TRANSFER = 1 << 24;
    private static final int LARGEST_BLOCK = 65_536;

    private final String name;
    private final LinuxFiles files;
    private final LinuxFile file;
    private final Bounce bounce;
    private final AtomicBoolean flushFailed = new AtomicBoolean();
    private volatile BlockGeometry geometry;

    /** How a device is opened. */
    public enum Option {
        READ_ONLY,
        /** Through Linux's page cache, though it could go past it. */
        BUFFERED,
        /** Requests of queues in threads, though there may be io_uring. */
        THREADS
    }

    private final Set<Option> options;

    /**
     * Opens a device.
     *
     * @param path of a file or block device, which is there
     * @throws BlockException also when another uses it
     */
    public static FileDevice open(LinuxFiles files, String name, String path, Set<Option> options) throws BlockException {
        try {
            LinuxFile file = openFile(files, path, options);
            try {
                if (!file.lock(options.contains(Option.READ_ONLY))) {
                    throw new BlockException(name, "open " + path, BlockStatus.DEVICE_ERROR, "in use: another system has it open", null);
                }
                return new FileDevice(files, name, file, options);
            } catch (IllegalArgumentException | BlockException | LinuxException e) {
                file.close();
                throw e;
            }
        } catch (LinuxException e) {
            throw Failures.of(name, "open " + path, e);
        }
    }

    /** Makes a file for {@link #open}, of so many bytes, which take space when they are written. It must not be there. */
    public static void create(LinuxFiles files, String path, long bytes) throws BlockException {
        try (LinuxFile file = files.open(path, EnumSet.of(Open.WRITE, Open.CREATE, Open.EXCLUSIVE))) {
            file.resize(bytes);
        } catch (LinuxException e) {
            throw Failures.of(path, "create", e);
        }
    }

    private static LinuxFile openFile(LinuxFiles files, String path, Set<Option> options) throws LinuxException {
        Set<Open> how = EnumSet.noneOf(Open.class);
        if (!options.contains(Option.READ_ONLY)) {
            how.add(Open.WRITE);
            if (path.startsWith("/dev/")) {
                how.add(Open.EXCLUSIVE);
            }
        }
        if (!options.contains(Option.BUFFERED)) {
            how.add(Open.DIRECT);
            try {
                return files.open(path, how);
            } catch (LinuxException e) {
                if (!Failures.isUnsupported(e)) {
                    throw e;
                }
                how.remove(Open.DIRECT);
            }
        }
        return files.open(path, how);
    }

    private FileDevice(LinuxFiles files, String name, LinuxFile file, Set<Option> options) throws LinuxException, BlockException {
        this.name = name;
        this.files = files;
        this.file = file;
        this.options = Set.copyOf(options);
        geometry = measure();
        bounce = new Bounce(geometry.alignment());
    }

    private BlockGeometry measure() throws LinuxException, BlockException {
        FileState state = file.state();
        if (state.kind() == FileState.Kind.OTHER || state.logicalBlock() > LARGEST_BLOCK) {
            throw new BlockException(name, "open " + file, BlockStatus.UNSUPPORTED,
                    "expected a file or block device with blocks of at most " + LARGEST_BLOCK + " bytes", null);
        }
        int physical = Math.min(Integer.highestOneBit(state.physicalBlock()), 1 << 20);
        return new BlockGeometry(state.logicalBlock(), Math.max(physical, state.logicalBlock()), state.size() / state.logicalBlock(),
                MAX_TRANSFER, state.memoryAlignment(), options.contains(Option.READ_ONLY) || state.readOnly(), true, true, true, state.rotational());
    }

    @Override public String name() {
        return name;
    }

    @Override public BlockGeometry geometry() {
        return geometry;
    }

    /** Whether it goes past Linux's page cache. */
    public boolean direct() {
        return geometry.alignment() > 1;
    }

    /** Looks whether the file or device has another size now. */
    public void refresh() throws BlockException {
        try {
            geometry = measure();
        } catch (LinuxException e) {
            throw Failures.of(name, "refresh", e);
        }
    }

    @Override public void read(long block, MemorySegment into) throws BlockException {
        long offset = offset(Op.READ, block, into);
        try {
            for (long done = 0; done < into.byteSize();) {
                MemorySegment part = into.asSlice(done, Math.min(into.byteSize() - done, bounce.fits(into) ? MAX_TRANSFER : Bounce.SIZE));
                long at = offset + done;
                if (bounce.fits(part)) {
                    full(file.read(at, part), part);
                } else {
                    bounce.with(part.byteSize(), memory -> {
                        full(file.read(at, memory), memory);
                        part.copyFrom(memory);
                    });
                }
                done += part.byteSize();
            }
        } catch (LinuxException e) {
            throw Failures.of(name, words(Op.READ, block, into.byteSize()), e);
        }
    }

    private void full(long read, MemorySegment memory) throws BlockException {
        if (read != memory.byteSize()) {
            throw new BlockException(name, "read", BlockStatus.DEVICE_ERROR, "the file became shorter while it was open", null);
        }
    }

    @Override public void write(long block, MemorySegment from) throws BlockException {
        write(Op.WRITE, block, from);
    }

    @Override public void writeThrough(long block, MemorySegment from) throws BlockException {
        write(Op.WRITE_THROUGH, block, from);
    }

    private void write(Op op, long block, MemorySegment from) throws BlockException {
        long offset = offset(op, block, from);
        writable(op);
        try {
            for (long done = 0; done < from.byteSize();) {
                MemorySegment part = from.asSlice(done, Math.min(from.byteSize() - done, bounce.fits(from) ? MAX_TRANSFER : Bounce.SIZE));
                long at = offset + done;
                if (bounce.fits(part)) {
                    put(op, at, part);
                } else {
                    bounce.with(part.byteSize(), memory -> put(op, at, memory.copyFrom(part)));
                }
                done += part.byteSize();
            }
        } catch (LinuxException e) {
            throw Failures.of(name, words(op, block, from.byteSize()), e);
        }
    }

    private void put(Op op, long offset, MemorySegment part) throws LinuxException {
        if (op == Op.WRITE) {
            file.write(offset, part);
        } else {
            file.writeThrough(offset, part);
        }
    }

    @Override public void flush() throws BlockException {
        if (flushFailed.get()) {
            throw new BlockException(name, "flush", BlockStatus.DEVICE_ERROR, "an earlier flush failed: open the device anew", null);
        }
        try {
            file.syncData();
        } catch (LinuxException e) {
            BlockException failure = Failures.of(name, "flush", e);
            flushFailed(failure.status());
            throw failure;
        }
    }

    /** A flush failed: keeps that in mind. */
    BlockStatus flushFailed(BlockStatus status) {
        if (status != BlockStatus.GONE) {
            flushFailed.set(true);
        }
        return status;
    }

    /** A flush worked. @return whether all before it did */
    BlockStatus flushed() {
        return flushFailed.get() ? BlockStatus.DEVICE_ERROR : BlockStatus.OK;
    }

    @Override public void discard(long block, long count) throws BlockException {
        range(Op.DISCARD, block, count);
        try {
            file.discard(block * geometry.blockSize(), count * geometry.blockSize());
        } catch (LinuxException e) {
            if (!Failures.isUnsupported(e)) { // it is advice only
                throw Failures.of(name, words(Op.DISCARD, block, count * geometry.blockSize()), e);
            }
        }
    }

    @Override public void writeZeroes(long block, long count) throws BlockException {
        range(Op.WRITE_ZEROES, block, count);
        BlockGeometry g = geometry;
        try {
            file.zero(block * g.blockSize(), count * g.blockSize());
        } catch (LinuxException e) {
            if (!Failures.isUnsupported(e)) {
                throw Failures.of(name, words(Op.WRITE_ZEROES, block, count * g.blockSize()), e);
            }
            zeroByWriting(block, count);
        }
    }

    private void zeroByWriting(long block, long count) throws BlockException {
        int size = geometry.blockSize(), most = Bounce.SIZE / size;
        try {
            for (long done = 0; done < count; done += most) {
                long at = (block + done) * size;
                bounce.with(Math.min(most, count - done) * size, memory -> file.write(at, memory.fill((byte) 0)));
            }
        } catch (LinuxException e) {
            throw Failures.of(name, words(Op.WRITE_ZEROES, block, count * size), e);
        }
    }

    @Override public BlockQueue queue(int depth) throws BlockException {
        if (depth < 1 || depth > 4096) {
            throw new IllegalArgumentException("depth: expected 1 to 4096, found " + depth);
        }
        if (!options.contains(Option.THREADS)) {
            try {
                return new RingQueue(this, file.state().kind() == FileState.Kind.FILE, files.ring(file, depth));
            } catch (LinuxException e) {
                if (!Failures.isUnsupported(e)) {
                    throw Failures.of(name, "queue", e);
                }
            }
        }
        return new ThreadQueue(this, depth);
    }

    /** Checks a range. @throws BlockException {@code OUT_OF_RANGE}, {@code READ_ONLY} */
    private void range(Op op, long block, long count) throws BlockException {
        BlockGeometry g = geometry;
        if (block < 0 || count < 0 || block > g.blocks() - count) {
            throw new BlockException(name, words(op, block, count * g.blockSize()), BlockStatus.OUT_OF_RANGE, "it has " + g.blocks() + " blocks", null);
        }
        if (op != Op.READ) {
            writable(op);
        }
    }

    private void writable(Op op) throws BlockException {
        if (geometry.readOnly()) {
            throw new BlockException(name, op.toString(), BlockStatus.READ_ONLY);
        }
    }

    private long offset(Op op, long block, MemorySegment memory) throws BlockException {
        int size = geometry.blockSize();
        if (memory.byteSize() % size != 0) {
            throw new IllegalArgumentException("memory: expected a multiple of " + size + " bytes, found " + memory.byteSize());
        }
        range(op, block, memory.byteSize() / size);
        return block * size;
    }

    private String words(Op op, long block, long bytes) {
        return op + " of blocks " + block + " to " + (block + bytes / geometry.blockSize() - 1);
    }

    /** Ends when what is under way has ended; later requests fail with {@link BlockStatus#GONE}. */
    @Override public void close() {
        file.close();
        bounce.close();
    }
}
