package org.cloudos.fs.volume;

import java.util.Set;

/**
 * How a volume is made.
 *
 * @param label       at most 64 bytes of UTF-8; may be empty
 * @param passphrase  encrypts the volume; null does not
 * @param compression {@code none}, {@code lz4} or {@code zstd}: of files whose folder says nothing else
 * @param overwrite   also a device that holds a volume of a known format
 * @param features    format features to switch on beyond the default, by name; unknown ones are refused with {@code EINVAL}
 */
public record FormatOptions(String label, char[] passphrase, String compression, boolean overwrite, Set<String> features) {
    /** Not encrypted, not compressed, and nothing is overwritten. */
    public static FormatOptions label(String label) {
        return new FormatOptions(label, null, "none", false, Set.of());
    }
}
