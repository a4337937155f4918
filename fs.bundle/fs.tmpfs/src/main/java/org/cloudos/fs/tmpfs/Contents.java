package org.cloudos.fs.tmpfs;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.tmpfs.TmpFs.Held;

/** Reading and writing of files. */
final class Contents {
    private static final int COPY = 1 << 18;
    private final Volume volume;

    Contents(Volume volume) {
        this.volume = volume;
    }

    private Node file(long number) throws FsException {
        Node node = volume.node(number);
        if (node.type() != NodeType.FILE) {
            throw new Refused(node.isFolder() ? Errno.EISDIR : Errno.EINVAL, "contents of node " + number);
        }
        return node;
    }

    private static void checkRange(long offset, long length) throws FsException {
        if (offset < 0 || length < 0) {
            throw new Refused(Errno.EINVAL, "offset " + offset + ", length " + length);
        }
        if (offset > Pages.MAX - length) {
            throw new Refused(Errno.EFBIG, length + " bytes at " + offset);
        }
    }

    /** Preconditions: the node's lock is held for writing. */
    void resize(Node node, long size, long now) throws FsException {
        if (node.type() != NodeType.FILE) {
            throw new Refused(node.isFolder() ? Errno.EISDIR : Errno.EINVAL, "size of node " + node.number());
        }
        checkRange(size, 0);
        Pages.of(node, volume.pool).resize(size);
        node.f()[Node.MODIFIED] = now;
    }

    long read(long number, long offset, MemorySegment into) throws FsException {
        Node node = file(number);
        if (offset < 0) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        try (var _ = Held.of(node.lock().readLock())) {
            return Pages.of(node, volume.pool).read(offset, into);
        } catch (IllegalStateException e) {
            throw gone(e);
        }
    }

    long write(long number, long offset, MemorySegment from) throws FsException {
        volume.checkWritable();
        checkRange(offset, from.byteSize());
        Node node = file(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            return write(node, offset, from);
        } catch (IllegalStateException e) {
            throw gone(e);
        }
    }

    private long write(Node node, long offset, MemorySegment from) throws FsException {
        long done = Pages.of(node, volume.pool).write(offset, from);
        if (done == 0 && from.byteSize() > 0) {
            throw new Refused(Errno.ENOSPC, "write of " + from.byteSize() + " bytes to node " + node.number());
        }
        node.f()[Node.MODIFIED] = node.f()[Node.CHANGED] = volume.clock.getAsLong();
        return done;
    }

    /** All or nothing, since only the offset is told. */
    long append(long number, MemorySegment from) throws FsException {
        volume.checkWritable();
        Node node = file(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            long at = node.f()[Node.SIZE];
            checkRange(at, from.byteSize());
            if (write(node, at, from) < from.byteSize()) {
                Pages.of(node, volume.pool).resize(at);
                throw new Refused(Errno.ENOSPC, "append of " + from.byteSize() + " bytes to node " + number);
            }
            return at;
        } catch (IllegalStateException e) {
            throw gone(e);
        }
    }

    void allocate(long number, long offset, long length, AllocateMode mode) throws FsException {
        volume.checkWritable();
        if (length == 0) {
            throw new Refused(Errno.EINVAL, "length 0");
        }
        checkRange(offset, length);
        Node node = file(number);
        try (var _ = Held.of(node.lock().writeLock())) {
            Pages pages = Pages.of(node, volume.pool);
            switch (mode) {
                case RESERVE, RESERVE_KEEP_SIZE -> reserve(node, pages, offset, length);
                case ZERO, ZERO_KEEP_SIZE -> {
                    pages.punch(offset, offset + length);
                    reserve(node, pages, offset, length);
                }
                case PUNCH_HOLE -> pages.punch(offset, offset + length);
                case COLLAPSE, INSERT -> throw new Refused(Errno.EOPNOTSUPP, mode + " in memory");
            }
            if (mode == AllocateMode.RESERVE || mode == AllocateMode.ZERO) {
                node.f()[Node.SIZE] = Math.max(node.f()[Node.SIZE], offset + length);
            }
            node.f()[Node.MODIFIED] = node.f()[Node.CHANGED] = volume.clock.getAsLong();
        } catch (IllegalStateException e) {
            throw gone(e);
        }
    }

    private void reserve(Node node, Pages pages, long offset, long length) throws FsException {
        if (length > volume.pool.limit() || !pages.reserve(offset, length)) {
            throw new Refused(Errno.ENOSPC, "space for " + length + " bytes of node " + node.number());
        }
    }

    long seek(long number, long offset, SeekMode mode) throws FsException {
        Node node = file(number);
        try (var _ = Held.of(node.lock().readLock())) {
            long size = node.f()[Node.SIZE];
            long found = offset < 0 || offset >= size ? size : Pages.of(node, volume.pool).seek(offset, mode == SeekMode.DATA);
            if (offset < 0 || offset >= size || found >= size && mode == SeekMode.DATA) {
                throw new Refused(Errno.ENXIO, "next " + mode + " from " + offset + " of " + size + " bytes");
            }
            return found;
        }
    }

    /** Piece by piece, so that the two nodes' locks are never held together. */
    long copy(long number, long offset, long toNumber, long toOffset, long length) throws FsException {
        checkRange(offset, 0);
        checkRange(toOffset, 0);
        if (length < 0 || number == toNumber && offset < toOffset + length && toOffset < offset + length) {
            throw new Refused(Errno.EINVAL, "copy of " + length + " bytes from " + offset + " to " + toOffset + " of one file");
        }
        file(toNumber);
        // What there is now: a copy within a file may make it longer.
        long end = Math.min(length, Math.max(0, size(number) - offset)), done = 0;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(Math.min(COPY, Math.max(1, end)));
            while (done < end) {
                long read = read(number, offset + done, buffer.asSlice(0, Math.min(buffer.byteSize(), end - done)));
                if (read == 0) {
                    break;
                }
                long written = write(toNumber, toOffset + done, buffer.asSlice(0, read));
                done += written;
                if (written < read) {
                    break;
                }
            }
        }
        return done;
    }

    private long size(long number) throws FsException {
        Node node = file(number);
        try (var _ = Held.of(node.lock().readLock())) {
            return node.f()[Node.SIZE];
        }
    }

    private Refused gone(IllegalStateException e) throws FsException {
        volume.node(org.cloudos.fs.FileSystem.ROOT);
        throw e;
    }
}
