package org.cloudos.journal.store;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds the blocks of a file by reading it: after a cut, or when its index is damaged. What is no block is passed over up
 * to the next one.
 *
 * @param blocks   whole ones, by offset
 * @param end      where the last one ends
 * @param damages  runs of bytes between them that are no block; what follows the last one is a cut, and no damage
 * @param ended    whether the last block says that the journal was closed in order
 */
record Scan(List<Located> blocks, long end, int damages, boolean ended) {
    private static final int WINDOW = 1 << 16;

    static Scan of(Path path) throws IOException {
        try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
            return new Scanner(file).run();
        }
    }

    /** Reads by windows: a file is larger than the memory that this may take. */
    private static final class Scanner {
        private final RandomAccessFile file;
        private final long length;
        private final byte[] window = new byte[WINDOW];
        private long windowAt;
        private int windowLength;
        private byte[] payload = new byte[0];

        Scanner(RandomAccessFile file) throws IOException {
            this.file = file;
            length = file.length();
        }

        Scan run() throws IOException {
            List<Located> blocks = new ArrayList<>();
            long at = FileHeader.SIZE, end = at;
            int damages = 0;
            boolean ended = false;
            while (at + BlockHeader.SIZE <= length) {
                Located block = blockAt(at);
                if (block != null && (blocks.isEmpty() || block.header().first() > blocks.getLast().header().last())) {
                    damages += at > end ? 1 : 0;
                    at += BlockHeader.SIZE + block.header().stored();
                    end = at;
                    ended = block.header().end();
                    blocks.add(block);
                } else {
                    at++;
                }
            }
            return new Scan(blocks, Math.min(end, length), damages, ended);
        }

        private Located blockAt(long at) throws IOException {
            int in = window(at);
            if (!BlockHeader.begins(window, in)) {
                return null;
            }
            try {
                BlockHeader header = BlockHeader.parse(window, in);
                if (at + BlockHeader.SIZE + header.stored() > length) {
                    return null;
                }
                if (payload.length < header.stored()) {
                    payload = new byte[header.stored()];
                }
                file.seek(at + BlockHeader.SIZE);
                file.readFully(payload, 0, header.stored());
                try (Payload read = new Payload()) {
                    read.take(header, payload, 0);
                    return new Located(header, at, bundles(header, read));
                }
            } catch (CorruptException e) {
                return null; // no block after all
            }
        }

        private static List<String> bundles(BlockHeader header, Payload read) throws CorruptException {
            List<String> bundles = new ArrayList<>();
            int end = read.from + read.length;
            In in = new In(read.raw, end - header.names(), end);
            while (in.more()) {
                boolean bundle = (in.varint() & 1) != 0;
                int length = in.length();
                if (bundle) {
                    bundles.add(new String(read.raw, in.at, length, StandardCharsets.UTF_8).intern());
                }
                in.skip(length);
            }
            return List.copyOf(bundles);
        }

        private int window(long at) throws IOException {
            if (at < windowAt || at + BlockHeader.SIZE > windowAt + windowLength) {
                windowAt = at;
                windowLength = (int) Math.min(WINDOW, length - at);
                file.seek(at);
                file.readFully(window, 0, windowLength);
            }
            return (int) (at - windowAt);
        }
    }
}
