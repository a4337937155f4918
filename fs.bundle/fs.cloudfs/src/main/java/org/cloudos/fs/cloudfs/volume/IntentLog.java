package org.cloudos.fs.cloudfs.volume;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Digest;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.medium.Medium;

/**
 * What was changed since the last commit, for those who can't wait for the next.
 *
 * <pre>
 *   commit N ──► changes ──► [batch 1][batch 2][batch 3] in half N mod 2 ──► commit N+1 ──► half N+1 mod 2
 *                                one write and one flush each
 * </pre>
 * All changes of the volume go into it in their order, so that what one fsync brings to the medium is a state that was. A batch is written by
 * whoever asks first; the others find it done. A change that finds the buffer full makes the next fsync a commit. Contents that stand only in
 * the log are carried over into the next half before the commit that ends this one.
 *
 * <pre>
 * batch: 0 magic "CFSL"(4) · 4 crc32c of the bytes from 8 to its end(4) · 8 volume(16) · 24 generation of the commit before(8)
 *        · 32 sequence from 1(8) · 40 zero(8) · 48 bytes of records(4) · 52 zero(12) · 64 records, {@link LogRecord}
 *        · with the feature SHA-256, that of the bytes from 8 to here(32)
 * </pre>
 * It begins with a block; a batch was on the medium before the next one was written.
 */
public final class IntentLog {
    static final int HEADER = 64;
    static final int MAGIC = 'C' | 'F' << 8 | 'S' << 16 | 'L' << 24;
    private static final int MOST_BUFFERED = 1 << 20;
    private final Medium medium;
    private final UUID volume;
    private final int halfBlocks;
    private final int limit;
    /** Bytes behind the records. */
    private final int tail;
    private final LongAdder flushes = new LongAdder();
    private byte[] buffer = new byte[64 << 10]; // guarded by this
    private int size; // guarded by this
    private boolean overflow; // guarded by this
    private long appended; // guarded by this
    private volatile long durable;
    private long covered; // guarded by the commit lock: what the commit under way brings to the medium
    private long generation; // guarded by the commit lock
    private long sequence; // likewise
    private int position; // likewise: blocks into the half
    private int kept; // guarded by the tree lock: bytes in Inode.logged

    IntentLog(Medium medium, UUID volume, int logBlocks, long generation, boolean digests) {
        this.tail = digests ? Digest.BYTES : 0;
        this.medium = medium;
        this.volume = volume;
        this.halfBlocks = logBlocks / 2;
        this.limit = Math.min(MOST_BUFFERED, halfBlocks * Layout.BLOCK / 4);
        this.generation = generation;
    }

    public long flushes() {
        return flushes.sum();
    }

    /** Contents of so many bytes may still go into the log; else they have to be written to their extents. */
    public boolean takes(int bytes) {
        return kept + bytes <= limit;
    }

    synchronized void append(byte[] record, int length) {
        appended += length;
        if (overflow || size + length > limit) {
            overflow = true;
            size = 0;
            return;
        }
        if (size + length > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size + length, buffer.length * 2));
        }
        System.arraycopy(record, 0, buffer, size, length);
        size += length;
    }

    /** Only a commit brings what changed to the medium from now on: what stands in the log is not committed, and must stay. */
    public synchronized void close() {
        overflow = true;
    }

    /** How far changes have come: a ticket for {@link Volume#sync}. */
    public synchronized long position() {
        return appended;
    }

    public long durable() {
        return durable;
    }

    void remember(Inode inode, byte[] operation) {
        byte[] record = new byte[LogRecord.HEADER + operation.length];
        System.arraycopy(operation, 0, record, LogRecord.HEADER, operation.length);
        LogRecord.header(record, record.length, inode.subvolume.number());
        inode.logged.add(record);
        kept += record.length;
    }

    void forget(Inode inode, long before) {
        inode.logged.removeIf(record -> {
            boolean goes = Le.i64(record, LogRecord.HEADER + 9) >> Layout.BLOCK_SHIFT < before;
            kept -= goes ? record.length : 0;
            return goes;
        });
    }

    /**
     * Brings all changes to the medium. Preconditions: the commit lock is held.
     *
     * @return false when only a commit can
     */
    boolean flush() throws FsException {
        byte[] batch;
        long target;
        synchronized (this) {
            if (overflow) {
                return false;
            }
            target = appended;
            batch = new byte[HEADER + size + tail + Layout.BLOCK - 1 & -Layout.BLOCK];
            System.arraycopy(buffer, 0, batch, HEADER, size);
            if (position + batch.length / Layout.BLOCK > halfBlocks) {
                return false;
            }
            header(batch, size, generation, sequence + 1);
            size = 0;
        }
        long block = Layout.LOG + (generation & 1) * halfBlocks + position;
        if (medium.unflushed()) {
            medium.write(block, MemorySegment.ofArray(batch));
            medium.flush();
        } else {
            medium.writeThrough(block, MemorySegment.ofArray(batch));
        }
        flushes.increment();
        sequence++;
        position += batch.length / Layout.BLOCK;
        durable = target;
        return true;
    }

    private void header(byte[] batch, int bytes, long base, long number) {
        Le.i32(batch, 0, MAGIC);
        Le.uuid(batch, 8, volume);
        Le.i64(batch, 24, base);
        Le.i64(batch, 32, number);
        Le.i32(batch, 48, bytes);
        if (tail > 0) {
            Digest.of(batch, 8, HEADER - 8 + bytes).write(batch, HEADER + bytes);
        }
        Le.i32(batch, 4, Crc.of(batch, 8, HEADER - 8 + bytes));
    }

    /** Whether a batch of so many bytes of records is as it was written. */
    static boolean whole(byte[] batch, int bytes, int tail) {
        return Crc.of(batch, 8, HEADER - 8 + bytes) == Le.i32(batch, 4)
                && (tail == 0 || Digest.of(batch, 8, HEADER - 8 + bytes).equals(Digest.read(batch, HEADER + bytes)));
    }

    /**
     * A commit has all until here. Preconditions: the tree lock is held alone, and the commit lock.
     *
     * @return the first batch of the next half, with contents that are in no extent; or null
     */
    byte[] rotate(Iterable<Subvolume> subvolumes, long next) {
        synchronized (this) {
            covered = appended;
            size = 0;
            overflow = false;
        }
        if (kept == 0) {
            return null;
        }
        ByteArrayOutputStream records = new ByteArrayOutputStream();
        for (Subvolume subvolume : subvolumes) {
            for (Inode inode : subvolume.inodes.all()) {
                inode.logged.forEach(records::writeBytes);
            }
        }
        byte[] batch = Arrays.copyOf(new byte[HEADER], HEADER + records.size() + tail + Layout.BLOCK - 1 & -Layout.BLOCK);
        System.arraycopy(records.toByteArray(), 0, batch, HEADER, records.size());
        header(batch, records.size(), next, 1);
        return batch;
    }

    /** Whether nothing is in it that is not on the medium. */
    synchronized boolean idle() {
        return !overflow && durable == appended;
    }

    void carry(byte[] batch, long next) throws FsException {
        medium.write(Layout.LOG + (next & 1) * halfBlocks, MemorySegment.ofArray(batch));
    }

    /** The commit is on the medium. Preconditions: the commit lock is held. */
    void restart(long next, byte[] carried) {
        generation = next;
        sequence = carried == null ? 0 : 1;
        position = carried == null ? 0 : carried.length / Layout.BLOCK;
        durable = Math.max(durable, covered);
    }
}
