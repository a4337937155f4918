package org.cloudos.journal.store;

import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;

/** A block's payload, read and checked; its memory is used again for the next one. Used by one thread at a time. */
final class Payload implements AutoCloseable {
    private static final byte[] NONE = {};
    private byte[] stored = NONE;
    private byte[] inflated = NONE;
    private ZstdDecompressCtx zstd; // made when first needed; has memory outside of the heap
    byte[] raw = NONE;
    int from;
    int length;

    /** Room for what is stored. */
    byte[] room(int bytes) {
        if (stored.length < bytes) {
            stored = new byte[Math.max(bytes, 1 << 16)];
        }
        return stored;
    }

    /** Checks it, and decompresses it where needed. */
    void take(BlockHeader header, byte[] bytes, int offset) throws CorruptException {
        BlockHeader.expect("payload crc", header.payloadCrc(), BlockHeader.crc(bytes, offset, header.stored()));
        if (!header.compressed()) {
            raw = bytes;
            from = offset;
            length = header.raw();
            return;
        }
        if (inflated.length < header.raw()) {
            inflated = new byte[Math.max(header.raw(), 1 << 17)];
        }
        raw = inflated;
        int size = inflate(header, bytes, offset);
        if (size != header.raw()) {
            throw new CorruptException("decompressed length", header.raw(), size);
        }
        from = 0;
        length = header.raw();
    }

    private int inflate(BlockHeader header, byte[] bytes, int offset) throws CorruptException {
        try {
            if (zstd == null) {
                zstd = new ZstdDecompressCtx();
            }
            return zstd.decompressByteArray(raw, 0, raw.length, bytes, offset, header.stored());
        } catch (LinkageError e) {
            throw new CorruptException("compressed block", "Zstandard's library to read it", e.getMessage());
        } catch (ZstdException e) {
            throw new CorruptException("compressed block", header.raw() + " bytes", e.getMessage());
        }
    }

    @Override public void close() {
        if (zstd != null) {
            zstd.close();
            zstd = null;
        }
    }
}
