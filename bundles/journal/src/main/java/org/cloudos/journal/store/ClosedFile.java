package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that is complete. After its blocks comes the index, and at the end:
 * <pre>
 *  index:   bundles  u32 count, then for each: u16 length, UTF-8
 *           entries  64 bytes a block:
 *              0 offset of its header u64 · 8 first sequence u64 · 16 least time i64 · 24 greatest time i64 · 32 stored u32
 *             36 raw u32 · 40 records u32 · 44 levels u8, flags u8, zero u16 · 48 bundles' offset u32 · 52 terms' offset u32
 *             56 terms' length u32 · 60 zero u32
 *           sets     for each block: a bit for each bundle of the list, then the Bloom filter of its terms
 *  trailer: 64 bytes
 *              0 index's offset u64 · 8 its length u32 · 12 its CRC32C u32 · 16 blocks u32 · 20 entries' offset in it u32
 *             24 first sequence u64 · 32 last sequence u64 · 40 least time i64 · 48 greatest time i64
 *             56 levels u8, zero 3 · 60 CRC32C of bytes 0 to 59
 * </pre>
 * Memory-mapped. Who reads it when it is closed gets an IOException.
 */
final class ClosedFile implements Run, AutoCloseable {
    static final int ENTRY = 64, TRAILER = 64;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    private final Path path;
    private final Arena arena;
    private final MemorySegment file;
    private final Trailer trailer;
    private volatile Index index; // read when first asked for

    private record Index(MemorySegment bytes, long entries, List<String> bundles) { }

    record Trailer(long indexAt, int indexLength, int indexCrc, int blocks, int entriesAt, long first, long last, long least,
            long greatest, int levels) {
        byte[] emit() {
            byte[] b = new byte[TRAILER];
            Out.LONG.set(b, 0, indexAt);
            Out.INT.set(b, 8, indexLength);
            Out.INT.set(b, 12, indexCrc);
            Out.INT.set(b, 16, blocks);
            Out.INT.set(b, 20, entriesAt);
            Out.LONG.set(b, 24, first);
            Out.LONG.set(b, 32, last);
            Out.LONG.set(b, 40, least);
            Out.LONG.set(b, 48, greatest);
            b[56] = (byte) levels;
            Out.INT.set(b, 60, BlockHeader.crc(b, 0, 60));
            return b;
        }

        static Trailer parse(byte[] b, long fileLength) throws CorruptException {
            BlockHeader.expect("trailer crc", BlockHeader.crc(b, 0, 60), (int) Out.INT.get(b, 60));
            Trailer t = new Trailer((long) Out.LONG.get(b, 0), (int) Out.INT.get(b, 8), (int) Out.INT.get(b, 12), (int) Out.INT.get(b, 16),
                    (int) Out.INT.get(b, 20), (long) Out.LONG.get(b, 24), (long) Out.LONG.get(b, 32), (long) Out.LONG.get(b, 40),
                    (long) Out.LONG.get(b, 48), b[56]);
            if (t.indexAt < 0 || t.indexLength < 0 || t.indexAt != fileLength - TRAILER - t.indexLength) {
                throw new CorruptException("index", "to end at the trailer", t.indexAt + "+" + t.indexLength);
            }
            if (t.blocks < 0 || t.entriesAt < 0 || t.entriesAt + (long) t.blocks * ENTRY > t.indexLength) {
                throw new CorruptException("index entries", "to fit into " + t.indexLength, t.blocks + " from " + t.entriesAt);
            }
            return t;
        }
    }

    private ClosedFile(Path path, Arena arena, MemorySegment file, Trailer trailer) {
        this.path = path;
        this.arena = arena;
        this.file = file;
        this.trailer = trailer;
    }

    /** @throws CorruptException if its trailer is not whole: {@link Scan} it then */
    static ClosedFile open(Path path) throws IOException {
        Arena arena = Arena.ofShared();
        try (RandomAccessFile handle = new RandomAccessFile(path.toFile(), "r")) {
            long length = handle.length();
            if (length < FileHeader.SIZE + TRAILER) {
                throw new CorruptException("closed file", "at least " + (FileHeader.SIZE + TRAILER) + " bytes", length);
            }
            MemorySegment file = handle.getChannel().map(FileChannel.MapMode.READ_ONLY, 0, length, arena);
            byte[] trailer = new byte[TRAILER];
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, length - TRAILER, trailer, 0, TRAILER);
            return new ClosedFile(path, arena, file, Trailer.parse(trailer, length));
        } catch (IOException e) {
            arena.close();
            throw e;
        }
    }

    private Index index() throws IOException {
        Index read = index;
        if (read == null) {
            read = readIndex();
            index = read;
        }
        return read;
    }

    private Index readIndex() throws IOException {
        try {
            MemorySegment bytes = file.asSlice(trailer.indexAt, trailer.indexLength);
            byte[] copy = bytes.toArray(ValueLayout.JAVA_BYTE);
            BlockHeader.expect("index crc", trailer.indexCrc, BlockHeader.crc(copy, 0, copy.length));
            int count = (int) Out.INT.get(copy, 0);
            List<String> bundles = new ArrayList<>();
            int at = 4;
            for (int i = 0; i < count; i++) {
                int length = (short) Out.SHORT.get(copy, at) & 0xffff;
                bundles.add(new String(copy, at + 2, length, StandardCharsets.UTF_8).intern());
                at += 2 + length;
            }
            return new Index(bytes, trailer.entriesAt, List.copyOf(bundles));
        } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) { // outside, closed, or the file became shorter
            throw unreadable(e);
        }
    }

    private IOException unreadable(Throwable e) {
        return new IOException(path.getFileName() + ": the index can't be read: " + e.getMessage(), e);
    }

    /** Reads it all, to be told early; the caller scans the file when this fails. */
    ClosedFile checked() throws IOException {
        index();
        return this;
    }

    /** The mapping is gone after this, and with it the space of a file that was removed. */
    @Override public void close() {
        arena.close();
    }

    @Override public int blocks() {
        return trailer.blocks;
    }

    private long entry(Index of, int block) {
        return of.entries + (long) block * ENTRY;
    }

    @Override public BlockHeader header(int block) throws IOException {
        Index of = index();
        byte[] header = new byte[BlockHeader.SIZE];
        try {
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, of.bytes.get(LONG, entry(of, block)), header, 0, header.length);
        } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
            throw unreadable(e);
        }
        return BlockHeader.parse(header, 0);
    }

    @Override public boolean mayHold(Prefilter filter) {
        return filter.overlaps(trailer.first, trailer.last, trailer.levels, trailer.least, trailer.greatest);
    }

    @Override public boolean mayHold(int block, Prefilter filter) throws IOException {
        Index of = index();
        MemorySegment b = of.bytes;
        long at = entry(of, block);
        try {
            long first = b.get(LONG, at + 8);
            if (!filter.overlaps(first, first + b.get(INT, at + 40) - 1, b.get(ValueLayout.JAVA_BYTE, at + 44), b.get(LONG, at + 16),
                    b.get(LONG, at + 24))) {
                return false;
            }
            return mayHoldBundle(of, b.get(INT, at + 48), filter) && mayHoldTerms(b, b.get(INT, at + 52), b.get(INT, at + 56), filter);
        } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
            throw unreadable(e);
        }
    }

    private static boolean mayHoldBundle(Index of, int set, Prefilter filter) {
        if (filter.bundles.isEmpty()) {
            return true;
        }
        byte[] wanted = filter.wanted(of.bundles);
        for (int i = 0; i < wanted.length; i++) {
            if ((of.bytes.get(ValueLayout.JAVA_BYTE, set + i) & wanted[i]) != 0) {
                return true;
            }
        }
        return false;
    }

    private static boolean mayHoldTerms(MemorySegment b, int from, int length, Prefilter filter) {
        for (long term : filter.terms) {
            if (!Terms.mayHold(i -> b.get(ValueLayout.JAVA_BYTE, from + i), length, term)) {
                return false;
            }
        }
        return true;
    }

    @Override public void read(int block, BlockHeader header, Payload to) throws IOException {
        Index of = index();
        byte[] room = to.room(header.stored());
        try {
            long at = of.bytes.get(LONG, entry(of, block)) + BlockHeader.SIZE;
            MemorySegment.copy(file, ValueLayout.JAVA_BYTE, at, room, 0, header.stored());
        } catch (IndexOutOfBoundsException | IllegalStateException | InternalError e) {
            throw unreadable(e);
        }
        to.take(header, room, 0);
    }

    @Override public long last() {
        return trailer.last;
    }

    long first() {
        return trailer.first;
    }

    long least() {
        return trailer.least;
    }

    long greatest() {
        return trailer.greatest;
    }

    long length() {
        return file.byteSize();
    }

    Path path() {
        return path;
    }

    /** Bytes of all blocks, were they not compressed. */
    long rawLength() {
        try {
            Index of = index();
            long sum = 0;
            for (int i = 0; i < trailer.blocks; i++) {
                sum += of.bytes.get(INT, entry(of, i) + 36) + BlockHeader.SIZE;
            }
            return sum;
        } catch (IOException | IndexOutOfBoundsException | IllegalStateException e) {
            return length();
        }
    }
}
