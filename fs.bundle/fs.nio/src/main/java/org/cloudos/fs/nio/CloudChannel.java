package org.cloudos.fs.nio;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.OverlappingFileLockException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Handles;
import org.cloudos.fs.vfs.LockInfo.Kind;
import org.cloudos.fs.vfs.Locks;

/** An open file. Position and bytes are the VFS's: this keeps a number and the locks that it got. */
final class CloudChannel extends FileChannel {
    private static final int PIECE = 1 << 20;
    private final CloudFileSystem fileSystem;
    private final Path path;
    private final long handle;
    private final boolean reads, writes, appends;
    /** Removes the file when it is closed, or null. */
    private final Path gone;
    /** Guarded by itself. */
    private final List<FileLock> locks = new ArrayList<>();

    CloudChannel(CloudFileSystem fileSystem, Path path, long handle, boolean reads, boolean writes, boolean appends, Path gone) {
        this.fileSystem = fileSystem;
        this.path = path;
        this.handle = handle;
        this.reads = reads;
        this.writes = writes;
        this.appends = appends;
        this.gone = gone;
    }

    private interface Call<T> {
        T run() throws FsException;
    }

    private <T> T call(Call<T> call) throws IOException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
        try {
            return call.run();
        } catch (FsException e) {
            if (e.errno() == Errno.EBADF && !isOpen()) {
                throw new java.nio.channels.AsynchronousCloseException();
            }
            throw CloudFileSystem.told(e, path, null);
        }
    }

    private void checkRead() throws IOException {
        checkOpen();
        if (!reads) {
            throw new NonReadableChannelException();
        }
    }

    private void checkWrite() throws IOException {
        checkOpen();
        if (!writes) {
            throw new NonWritableChannelException();
        }
    }

    private void checkOpen() throws ClosedChannelException {
        if (!isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private static void checkPosition(long position) {
        if (position < 0) {
            throw new IllegalArgumentException("position " + position);
        }
    }

    // ---- reading and writing

    @Override public int read(ByteBuffer into) throws IOException {
        checkRead();
        return readAt(Handles.POSITION, into);
    }

    @Override public int read(ByteBuffer into, long position) throws IOException {
        checkPosition(position);
        checkRead();
        return readAt(position, into);
    }

    private int readAt(long position, ByteBuffer into) throws IOException {
        if (into.isReadOnly()) {
            throw new IllegalArgumentException("a buffer that can't be written");
        }
        if (!into.hasRemaining()) {
            return 0;
        }
        int read = call(() -> (int) fileSystem.vfs().read(handle, position, MemorySegment.ofBuffer(into)));
        into.position(into.position() + read);
        return read == 0 ? -1 : read;
    }

    @Override public long read(ByteBuffer[] into, int offset, int length) throws IOException {
        java.util.Objects.checkFromIndexSize(offset, length, into.length);
        checkRead();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            while (into[i].hasRemaining()) {
                int read = readAt(Handles.POSITION, into[i]);
                if (read < 0) {
                    return total == 0 ? -1 : total;
                }
                total += read;
            }
        }
        return total;
    }

    @Override public int write(ByteBuffer from) throws IOException {
        checkWrite();
        return writeAt(Handles.POSITION, from);
    }

    @Override public int write(ByteBuffer from, long position) throws IOException {
        checkPosition(position);
        checkWrite();
        return writeAt(position, from);
    }

    private int writeAt(long position, ByteBuffer from) throws IOException {
        if (!from.hasRemaining()) {
            return 0;
        }
        int written = call(() -> (int) fileSystem.vfs().write(handle, position, MemorySegment.ofBuffer(from)));
        from.position(from.position() + written);
        return written;
    }

    @Override public long write(ByteBuffer[] from, int offset, int length) throws IOException {
        java.util.Objects.checkFromIndexSize(offset, length, from.length);
        checkWrite();
        long total = 0;
        for (int i = offset; i < offset + length; i++) {
            while (from[i].hasRemaining()) {
                total += writeAt(Handles.POSITION, from[i]);
            }
        }
        return total;
    }

    @Override public long position() throws IOException {
        return appends && call(() -> fileSystem.vfs().position(handle)) == 0 ? size() : call(() -> fileSystem.vfs().position(handle));
    }

    @Override public FileChannel position(long position) throws IOException {
        checkOpen();
        checkPosition(position);
        call(() -> {
            fileSystem.vfs().position(handle, position);
            return null;
        });
        return this;
    }

    @Override public long size() throws IOException {
        return call(() -> fileSystem.vfs().attributes(handle).size());
    }

    @Override public FileChannel truncate(long size) throws IOException {
        checkPosition(size);
        checkWrite();
        if (size < size()) {
            call(() -> fileSystem.vfs().change(fileSystem.who(), handle, AttributeChange.size(size)));
        }
        if (position() > size) {
            position(size);
        }
        return this;
    }

    @Override public void force(boolean metadata) throws IOException {
        call(() -> {
            fileSystem.vfs().sync(handle, !metadata);
            return null;
        });
    }

    // ---- from one to another

    @Override public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        checkPosition(position);
        checkPosition(count);
        checkRead();
        long done = 0;
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(1, count)));
        while (done < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - done));
            int read = readAt(position + done, piece);
            if (read < 0) {
                break;
            }
            piece.flip();
            int written = target.write(piece);
            done += written;
            if (written < read) {
                break; // a target that doesn't wait takes no more now
            }
        }
        return done;
    }

    @Override public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        checkPosition(position);
        checkPosition(count);
        checkWrite();
        if (position > size()) {
            return 0;
        }
        long done = 0;
        ByteBuffer piece = ByteBuffer.allocate((int) Math.min(PIECE, Math.max(1, count)));
        while (done < count) {
            piece.clear().limit((int) Math.min(piece.capacity(), count - done));
            if (source.read(piece) <= 0) {
                break;
            }
            piece.flip();
            while (piece.hasRemaining()) {
                done += writeAt(position + done, piece);
            }
        }
        return done;
    }

    @Override public MappedByteBuffer map(MapMode mode, long position, long size) {
        throw new UnsupportedOperationException("the JDK has no mapped buffers but its own: map(mode, offset, size, arena) gives memory");
    }

    /** A copy: changes of the file are not seen later, and those of a PRIVATE mapping stay there. */
    @Override public MemorySegment map(MapMode mode, long offset, long size, Arena arena) throws IOException {
        checkPosition(offset);
        checkPosition(size);
        checkRead();
        if (mode != MapMode.READ_ONLY && mode != MapMode.PRIVATE) {
            throw new UnsupportedOperationException("mapping " + mode);
        }
        if (mode == MapMode.READ_ONLY && size > size() - offset) {
            throw new IOException("mapping of " + size + " bytes at " + offset + " of a file of " + size());
        }
        MemorySegment memory = arena.allocate(Math.max(1, size), 4096).asSlice(0, size);
        for (long done = 0; done < size;) {
            long at = done;
            long read = call(() -> fileSystem.vfs().read(handle, offset + at, memory.asSlice(at)));
            if (read == 0) {
                break;
            }
            done += read;
        }
        return mode == MapMode.READ_ONLY ? memory.asReadOnly() : memory;
    }

    // ---- locks

    /** A range that is locked. Released once; invalid when the channel is closed. */
    private final class Range extends FileLock {
        private boolean released;

        Range(long position, long size, boolean shared) {
            super(CloudChannel.this, position, size, shared);
        }

        @Override public boolean isValid() {
            synchronized (locks) {
                return !released && CloudChannel.this.isOpen();
            }
        }

        @Override public void release() throws IOException {
            checkOpen();
            synchronized (locks) {
                if (released) {
                    return;
                }
                released = true;
                locks.remove(this);
            }
            call(() -> {
                fileSystem.vfs().unlock(fileSystem.who(), handle, Kind.OPEN_FILE, position(), length(position(), size()));
                return null;
            });
        }
    }

    private static long length(long position, long size) {
        return size > Long.MAX_VALUE - position ? Locks.TO_END : size;
    }

    private FileLock reserve(long position, long size, boolean shared) throws IOException {
        checkPosition(position);
        checkPosition(size);
        checkOpen();
        if (shared) {
            checkRead();
        } else {
            checkWrite();
        }
        FileLock lock = new Range(position, size == 0 ? Long.MAX_VALUE - position : size, shared);
        synchronized (locks) {
            if (locks.stream().anyMatch(l -> l.overlaps(position, lock.size()))) {
                throw new OverlappingFileLockException();
            }
            locks.add(lock);
        }
        return lock;
    }

    @Override public FileLock lock(long position, long size, boolean shared) throws IOException {
        FileLock lock = reserve(position, size, shared);
        boolean got = false;
        try {
            begin();
            while (!got && isOpen() && !Thread.currentThread().isInterrupted()) {
                got = ask(lock, Locks.SLICE);
            }
        } finally {
            if (!got) {
                forget(lock);
            }
            end(got);
        }
        return lock;
    }

    @Override public FileLock tryLock(long position, long size, boolean shared) throws IOException {
        FileLock lock = reserve(position, size, shared);
        boolean got = false;
        try {
            got = ask(lock, 0);
            return got ? lock : null;
        } finally {
            if (!got) {
                forget(lock);
            }
        }
    }

    private boolean ask(FileLock lock, long nanos) throws IOException {
        return call(() -> fileSystem.vfs().lock(fileSystem.who(), handle, Kind.OPEN_FILE, !lock.isShared(), lock.position(),
                length(lock.position(), lock.size()), nanos));
    }

    private void forget(FileLock lock) {
        synchronized (locks) {
            locks.remove(lock);
        }
    }

    @Override protected void implCloseChannel() throws IOException {
        try {
            fileSystem.vfs().close(handle);
        } catch (FsException e) {
            throw CloudFileSystem.told(e, path, null);
        } finally {
            if (gone != null) {
                unlink();
            }
        }
    }

    /** A file only, and no error where it is not there. */
    private void unlink() {
        try {
            fileSystem.vfs().remove(fileSystem.who(), 0, ((CloudPath) gone).vfs(), false);
        } catch (FsException e) {
            // As the JDK's own: it was asked for, and is as far as it can be.
        }
    }
}
