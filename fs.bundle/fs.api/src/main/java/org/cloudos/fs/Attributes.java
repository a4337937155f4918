package org.cloudos.fs;

/**
 * A node's attributes. Times are nanoseconds since 1970-01-01T00:00Z.
 *
 * @param node       its number in the volume
 * @param generation differs when a number is used again
 * @param mode       permission bits, set-id bits and sticky bit: 07777 and no others
 * @param links      names of the node; of a folder, 2 and one for each folder in it, or 1 where that is not counted
 * @param device     of device nodes, as Linux's new_encode_dev has it
 * @param size       bytes; of a link, its target's
 * @param allocated  bytes on the medium
 * @param flags      {@link #IMMUTABLE} and the like (ioctl_iflags(2))
 */
public record Attributes(long node, long generation, NodeType type, int mode, long links, int uid, int gid, int device, long size,
        long allocated, long accessed, long modified, long changed, long born, int flags) {
    /** Nobody can change, rename, link or remove it. */
    public static final int IMMUTABLE = 0x10;
    /** Can only grow. */
    public static final int APPEND_ONLY = 0x20;
    /** Is compressed when written. */
    public static final int COMPRESSED = 0x4;
    /** Is never compressed. */
    public static final int NOT_COMPRESSED = 0x400;

    /** Type and permissions, as st_mode. */
    public int stMode() {
        return type.bits() | mode;
    }

    public boolean isFolder() {
        return type == NodeType.FOLDER;
    }
}
