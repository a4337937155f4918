package org.cloudos.linux.file;

/**
 * {@code statx(2)}, and of a block device what its {@code ioctl}s tell.
 *
 * @param kind            what it is
 * @param size            bytes
 * @param device          the file system it stands on, major and minor as {@code makedev(3)}; {@code inode} with it is its identity
 * @param logicalBlock    bytes of the device's logical block; of a file, the alignment of offsets for direct I/O or 512
 * @param physicalBlock   bytes that the medium writes at once; of a file, its file system's block
 * @param memoryAlignment of memory for direct I/O, bytes
 * @param direct          opened past the page cache
 * @param readOnly        the device refuses writes
 * @param rotational      a block device that says so
 */
public record FileState(Kind kind, long size, long device, long inode, int logicalBlock, int physicalBlock, int memoryAlignment,
        boolean direct, boolean readOnly, boolean rotational) {
    /** Those that a block device can be made of, and the rest. */
    public enum Kind { FILE, BLOCK_DEVICE, OTHER }
}
