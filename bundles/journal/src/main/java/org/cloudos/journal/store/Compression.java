package org.cloudos.journal.store;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import java.util.Arrays;

/** Zstandard for closed files. Where its native library can't be loaded, they stay as they are. Not thread-safe. */
final class Compression implements AutoCloseable {
    private final ZstdCompressCtx context;

    /** @param level 1 to 19; 0 for none */
    Compression(int level) {
        context = level == 0 ? null : context(level);
    }

    private static ZstdCompressCtx context(int level) {
        try {
            return new ZstdCompressCtx().setLevel(level);
        } catch (LinkageError e) {
            return null;
        }
    }

    boolean works() {
        return context != null;
    }

    /** The block, smaller if that is possible. */
    byte[] shrink(Chunk chunk) {
        BlockHeader h = chunk.header();
        if (context == null || h.raw() == 0) {
            return chunk.bytes();
        }
        byte[] to = new byte[BlockHeader.SIZE + (int) Zstd.compressBound(h.raw())];
        int length = context.compressByteArray(to, BlockHeader.SIZE, to.length - BlockHeader.SIZE, chunk.bytes(), BlockHeader.SIZE, h.raw());
        if (length >= h.raw()) {
            return chunk.bytes();
        }
        new BlockHeader(h.flags() | BlockHeader.COMPRESSED, h.levels(), length, h.raw(), h.count(),
                BlockHeader.crc(to, BlockHeader.SIZE, length), h.first(), h.least(), h.greatest(), h.names()).emit(to, 0);
        return Arrays.copyOf(to, BlockHeader.SIZE + length);
    }

    @Override public void close() {
        if (context != null) {
            context.close();
        }
    }
}
