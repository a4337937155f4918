package org.cloudos.fs.cloudfs.format;

import java.util.ArrayList;
import java.util.List;

/**
 * What a volume's format has beyond version 1, in three sets: one who does not know a bit of {@code compat} may ignore it, of
 * {@code readOnly} may read the volume, of {@code incompat} may not touch it.
 */
public record Features(long compat, long readOnly, long incompat) {
    /** readOnly: folders can have quotas, which every change keeps up. */
    public static final long QUOTAS = 1;
    /** incompat: blocks are encrypted with AES-256-XTS. */
    public static final long ENCRYPTED = 1;
    /** incompat: extents may be compressed with LZ4. */
    public static final long LZ4 = 2;
    /** incompat: extents may be compressed with Zstandard. */
    public static final long ZSTD = 4;
    /** incompat: all is on two devices. */
    public static final long MIRROR = 8;

    /** incompat: a device of the mirror is left out or incomplete; {@code medium.Membership} says which. */
    public static final long DEGRADED = 16;

    /** incompat: sums of data are SHA-256, and metadata has it beside its CRC-32C. */
    public static final long SHA256 = 32;

    private static final long KNOWN_READ_ONLY = QUOTAS, KNOWN_INCOMPAT = ENCRYPTED | LZ4 | ZSTD | MIRROR | DEGRADED | SHA256;

    public boolean has(long incompatBit) {
        return (incompat & incompatBit) != 0;
    }

    /** The same with or without some bits of {@code incompat}. */
    public Features with(long incompatBits, boolean on) {
        return new Features(compat, readOnly, on ? incompat | incompatBits : incompat & ~incompatBits);
    }

    /** Whether we may read it. */
    public boolean readable() {
        return (incompat & ~KNOWN_INCOMPAT) == 0;
    }

    /** Whether we may write it. */
    public boolean writable() {
        return readable() && (readOnly & ~KNOWN_READ_ONLY) == 0;
    }

    /** Bits that we don't know, in words. */
    public String unknown() {
        List<String> names = new ArrayList<>();
        name(names, "incompat", incompat & ~KNOWN_INCOMPAT);
        name(names, "ro-compat", readOnly & ~KNOWN_READ_ONLY);
        return String.join(", ", names);
    }

    private static void name(List<String> names, String set, long bits) {
        if (bits != 0) {
            names.add(set + " 0x" + Long.toHexString(bits));
        }
    }
}
