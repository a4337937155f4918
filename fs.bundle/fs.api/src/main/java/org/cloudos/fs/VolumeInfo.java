package org.cloudos.fs;

import java.util.Set;
import java.util.UUID;

/**
 * What a mounted volume is and can do.
 *
 * @param type        the format, such as {@code cloudfs}
 * @param label       the user's name for it, or empty
 * @param maxFileSize bytes
 */
public record VolumeInfo(UUID volume, String type, String label, boolean readOnly, long maxFileSize, Set<Feature> features) {
    /** What not every format can. */
    public enum Feature { EXTENDED_ATTRIBUTES, HOLES, SHARED_BLOCKS, SNAPSHOTS, COMPRESSION, ENCRYPTION, QUOTAS }
}
