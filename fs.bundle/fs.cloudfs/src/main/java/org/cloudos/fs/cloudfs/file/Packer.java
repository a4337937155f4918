package org.cloudos.fs.cloudfs.file;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.cloudos.fs.cloudfs.format.Codec;

/** LZ4 and Zstandard blocks between native buffers. Thread-safe. */
public final class Packer {
    private static final int ZSTD_LEVEL = 3, SAMPLE = 4096;

    /** Loaded when something is packed first: in a swap nothing native of ours stays behind. */
    private static final class Lz4 {
        static final LZ4Factory FACTORY = LZ4Factory.fastestJavaInstance();
    }

    /**
     * @param to at least 1 MiB: what can't be packed well is found by its length, not by an exception
     * @return bytes packed, or -1 when they are more than {@code most}
     */
    public int pack(Codec codec, MemorySegment from, MemorySegment to, int most) {
        ByteBuffer source = from.asByteBuffer(), target = to.asByteBuffer();
        int n;
        if (codec == Codec.LZ4) {
            n = Lz4.FACTORY.fastCompressor().compress(source, 0, source.limit(), target, 0, target.limit());
        } else {
            n = (int) Zstd.compressDirectByteBuffer(target, 0, target.limit(), source, 0, source.limit(), ZSTD_LEVEL);
        }
        return n > 0 && n <= most ? n : -1;
    }

    /** Whether 4 KiB in the middle get smaller by a sixteenth with LZ4, which passes noise by in a few microseconds. */
    boolean shrinks(MemorySegment from, MemorySegment to) {
        ByteBuffer source = from.asByteBuffer(), target = to.asByteBuffer();
        int sample = Math.min(SAMPLE, source.limit());
        int n = Lz4.FACTORY.fastCompressor().compress(source, (source.limit() - sample) / 2, sample, target, 0, target.limit());
        return n <= sample - sample / 16;
    }

    /** Untrusted bytes. @return bytes unpacked, or -1 when they are no pack or don't fit */
    public int unpack(Codec codec, MemorySegment from, MemorySegment to) {
        ByteBuffer source = from.asByteBuffer(), target = to.asByteBuffer();
        if (codec == Codec.LZ4) {
            try {
                return Lz4.FACTORY.safeDecompressor().decompress(source, 0, source.limit(), target, 0, target.limit());
            } catch (LZ4Exception e) {
                return -1;
            }
        }
        try {
            return (int) Zstd.decompressDirectByteBuffer(target, 0, target.limit(), source, 0, source.limit());
        } catch (ZstdException e) {
            return -1;
        }
    }
}
