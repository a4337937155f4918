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
    public enum Feature {
        EXTENDED_ATTRIBUTES, HOLES, SHARED_BLOCKS, SNAPSHOTS, COMPRESSION, ENCRYPTION, QUOTAS,
        /** Contents are in memory anyhow, or in the provider's own cache: another cache above it is waste. */
        IN_MEMORY,
        /** Changes without a call here, as a host's folder does: what was read before may be wrong by now. */
        CHANGES_BY_ITSELF
    }
}
