package org.cloudos.fs.cloudfs.file;

import com.github.luben.zstd.Zstd;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import org.cloudos.fs.cloudfs.format.Codec;

/** LZ4 and Zstandard blocks between native buffers. Thread-safe. */
public final class Packer {
    private static final int ZSTD_LEVEL = 3;

    /** Loaded when something is packed first: in a swap nothing native of ours stays behind. */
    private static final class Lz4 {
        static final LZ4Factory FACTORY = LZ4Factory.fastestJavaInstance();
    }

    /** @return bytes packed, or -1 when they would not fit into {@code most} */
    public int pack(Codec codec, MemorySegment from, MemorySegment to, int most) {
        ByteBuffer source = from.asByteBuffer(), target = to.asByteBuffer();
        if (codec == Codec.LZ4) {
            try {
                return Lz4.FACTORY.fastCompressor().compress(source, 0, source.limit(), target, 0, most);
            } catch (LZ4Exception tooBig) {
                return -1;
            }
        }
        long n = Zstd.compressDirectByteBuffer(target, 0, most, source, 0, source.limit(), ZSTD_LEVEL);
        return Zstd.isError(n) ? -1 : (int) n;
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
        long n = Zstd.decompressDirectByteBuffer(target, 0, target.limit(), source, 0, source.limit());
        return Zstd.isError(n) ? -1 : (int) n;
    }
}
