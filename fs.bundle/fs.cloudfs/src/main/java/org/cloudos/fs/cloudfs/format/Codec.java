package org.cloudos.fs.cloudfs.format;

/** How bytes are packed; {@link #ordinal} stands on the medium, in inodes and in superblocks. */
public enum Codec {
    /** As the folder says, at last the volume. */
    INHERIT,
    NONE,
    LZ4,
    ZSTD;

    /** @return null for a number that is none */
    public static Codec of(int number) {
        return number < 0 || number >= values().length ? null : values()[number];
    }
}
