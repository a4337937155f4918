package org.cloudos.journal.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.cloudos.journal.Condition;

/**
 * Makes a closed file of an open one: blocks of one size, compressed, with an index. It is written aside, forced, then takes
 * its name; a cut leaves the open file.
 */
final class Sealer {
    private static final int BLOCK = 128 << 10, BUFFER = 1 << 20;

    private final BooleanSupplier stop;
    private final Medium.Output out;
    private final Compression compression;
    private final BlockBuilder builder = new BlockBuilder(BLOCK);
    private final Terms terms = new Terms();
    private final Map<String, Integer> bundles = new LinkedHashMap<>();
    private final List<Sealed> blocks = new ArrayList<>();
    private final Out buffer = new Out(BUFFER + (BLOCK << 1));
    private Names names = new Names();
    private long written;
    private long next; // sequence that would go on with the block that is built

    /** @param bundleNumbers in the file's list */
    private record Sealed(BlockHeader header, int stored, long offset, List<Integer> bundleNumbers, byte[] terms) { }

    private Sealer(Medium.Output out, Compression compression, BooleanSupplier stop) {
        this.stop = stop;
        this.out = out;
        this.compression = compression;
    }

    /**
     * Reads a run's blocks and writes them to a closed file.
     *
     * @param to   the name that it takes
     * @param made nanoseconds since 1970
     * @param stop asked now and then: true gives up
     * @return how many blocks could not be read, and are not in it
     */
    static int seal(Medium medium, Run from, Path to, Compression compression, long first, long made, BooleanSupplier stop)
            throws IOException {
        Path aside = to.resolveSibling(to.getFileName() + ".tmp");
        Files.deleteIfExists(aside);
        int damaged;
        try (Medium.Output out = medium.open(aside)) {
            Sealer sealer = new Sealer(out, compression, stop);
            sealer.buffer.put(new FileHeader(FileHeader.CLOSED, made, first).emit(), 0, FileHeader.SIZE);
            damaged = sealer.copy(from);
            sealer.index();
            out.force();
        } catch (IOException e) {
            Files.deleteIfExists(aside);
            throw e;
        }
        Files.move(aside, to, StandardCopyOption.ATOMIC_MOVE);
        try (FileChannel folder = FileChannel.open(to.toAbsolutePath().getParent())) {
            folder.force(true);
        }
        return damaged;
    }

    private int copy(Run from) throws IOException {
        Prefilter all = Prefilter.of(Condition.ANY);
        BlockReader reader = new BlockReader();
        Recoder recoder = new Recoder(reader);
        int damaged = 0;
        try (Payload payload = new Payload()) {
            for (int i = 0; i < from.blocks(); i++) {
                if (stop.getAsBoolean()) {
                    throw new IOException("the journal is being closed");
                }
                try {
                    BlockHeader header = from.header(i);
                    from.read(i, header, payload);
                    reader.open(header, payload, all);
                    recoder.nextBlock();
                    while (reader.next()) {
                        take(reader, recoder);
                    }
                } catch (CorruptException e) {
                    damaged++;
                }
            }
        }
        flush();
        return damaged;
    }

    private void take(BlockReader reader, Recoder recoder) throws IOException {
        RecordBytes record = recoder.recode(names);
        if (record == null) {
            names = new Names();
            record = recoder.recode(names);
        }
        if (!builder.takes(record) || builder.count() > 0 && reader.sequence != next) {
            flush();
        }
        builder.add(reader.sequence, record);
        recoder.addTerms(terms);
        next = reader.sequence + 1;
    }

    private void flush() throws IOException {
        if (builder.count() == 0) {
            return;
        }
        Chunk chunk = builder.finish(0);
        byte[] bytes = compression.shrink(chunk);
        List<Integer> numbers = new ArrayList<>();
        for (byte[] bundle : chunk.bundles()) {
            numbers.add(bundles.computeIfAbsent(new String(bundle, StandardCharsets.UTF_8), name -> bundles.size()));
        }
        blocks.add(new Sealed(chunk.header(), bytes.length - BlockHeader.SIZE, written + buffer.length, numbers, terms.filter()));
        buffer.put(bytes, 0, bytes.length);
        if (buffer.length >= BUFFER) {
            write();
        }
    }

    private void write() throws IOException {
        out.write(ByteBuffer.wrap(buffer.bytes, 0, buffer.length), written);
        written += buffer.length;
        buffer.length = 0;
    }

    private void index() throws IOException {
        Out index = new Out(1 << 16);
        index.u32(bundles.size());
        for (String bundle : bundles.keySet()) {
            byte[] text = bundle.getBytes(StandardCharsets.UTF_8);
            index.u8(text.length);
            index.u8(text.length >> 8);
            index.put(text, 0, text.length);
        }
        int entriesAt = index.length, set = (bundles.size() + 7) / 8, extra = entriesAt + blocks.size() * ClosedFile.ENTRY;
        long least = Long.MAX_VALUE, greatest = Long.MIN_VALUE;
        int levels = 0;
        for (Sealed block : blocks) {
            entry(index, block, extra, extra + set);
            extra += set + block.terms.length;
            least = Math.min(least, block.header.least());
            greatest = Math.max(greatest, block.header.greatest());
            levels |= block.header.levels();
        }
        for (Sealed block : blocks) {
            byte[] bits = new byte[set];
            block.bundleNumbers.forEach(n -> bits[n >> 3] |= (byte) (1 << (n & 7)));
            index.put(bits, 0, set);
            index.put(block.terms, 0, block.terms.length);
        }
        long first = blocks.isEmpty() ? 0 : blocks.getFirst().header.first(), last = blocks.isEmpty() ? -1 : blocks.getLast().header.last();
        byte[] trailer = new ClosedFile.Trailer(written + buffer.length, index.length, BlockHeader.crc(index.bytes, 0, index.length),
                blocks.size(), entriesAt, first, last, least, greatest, levels).emit();
        buffer.put(index.bytes, 0, index.length);
        buffer.put(trailer, 0, trailer.length);
        write();
    }

    private static void entry(Out index, Sealed block, int set, int terms) {
        BlockHeader h = block.header;
        index.u64(block.offset);
        index.u64(h.first());
        index.u64(h.least());
        index.u64(h.greatest());
        index.u32(block.stored);
        index.u32(h.raw());
        index.u32(h.count());
        index.u8(h.levels());
        index.u8(h.flags());
        index.u8(0);
        index.u8(0);
        index.u32(set);
        index.u32(terms);
        index.u32(block.terms.length);
        index.u32(0);
    }
}
