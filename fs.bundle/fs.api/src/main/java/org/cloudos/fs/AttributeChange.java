package org.cloudos.fs;

/**
 * What {@link FileSystem#set} changes; null stays as it is. The time of change becomes now whenever anything is set.
 *
 * @param mode     07777 and no others
 * @param accessed nanoseconds since the epoch, or {@link #NOW}; modified likewise
 * @param flags    as {@link Attributes#flags}
 */
public record AttributeChange(Integer mode, Integer uid, Integer gid, Long size, Long accessed, Long modified, Integer flags) {
    /** The volume's own clock. */
    public static final long NOW = Long.MIN_VALUE;

    public static AttributeChange mode(int mode) {
        return new AttributeChange(mode, null, null, null, null, null, null);
    }

    public static AttributeChange owner(int uid, int gid) {
        return new AttributeChange(null, uid, gid, null, null, null, null);
    }

    public static AttributeChange size(long size) {
        return new AttributeChange(null, null, null, size, null, null, null);
    }

    public static AttributeChange times(Long accessed, Long modified) {
        return new AttributeChange(null, null, null, null, accessed, modified, null);
    }
}
