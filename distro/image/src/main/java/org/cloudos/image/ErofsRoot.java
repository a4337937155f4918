package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * The read-only root file system: EROFS, uncompressed (docs/adr). init finds it by its label, which the mkfs.erofs of
 * older releases can't set: so it is written here.
 *
 * <p>Superblock at byte 1024, little-endian: 0 magic(4) · 4 checksum(4) · 8 compatible(4), bit 0 = has a checksum ·
 * 12 blockSizeBits(1) · 64 volumeName(16). The checksum is CRC-32C, not inverted at the end, from the superblock to the
 * end of its block with the checksum as 0.
 */
final class ErofsRoot {
    static final String LABEL = "cloudos-root";

    static final int SUPERBLOCK = 1024;
    static final int MAGIC = 0xE0F5E1E2;
    private static final int CHECKSUM = 4;
    private static final int COMPATIBLE = 8;
    private static final int BLOCK_BITS = 12;
    private static final int NAME = 64;
    private static final int NAME_LENGTH = 16;

    private ErofsRoot() {}

    /** @param owners of the files that aren't root's */
    static void make(Path tree, Path image, Map<String, ImageTree.Owner> owners) throws IOException {
        Reproducible.fixTimes(tree); // -T alone leaves what is older
        new Tool(HostTools.path("mkfs.erofs"), "-T" + Reproducible.EPOCH_SECOND, "-U" + Reproducible.id("root"), "--all-root", "-x-1",
                "--quiet", image, tree).run();
        label(image);
        ErofsOwners.write(image, owners);
        seal(image);
    }

    /** The checksum again, of a first block that was changed. */
    private static void seal(Path image) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            file.read(head, 0);
            if ((head.getInt(SUPERBLOCK + COMPATIBLE) & 1) == 0) return;
            head.putInt(SUPERBLOCK + CHECKSUM, checksum(head));
            file.write(head.slice(SUPERBLOCK, NAME), SUPERBLOCK);
        }
    }

    static void label(Path image) throws IOException {
        try (FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer head = ByteBuffer.allocate(1 << 16).order(ByteOrder.LITTLE_ENDIAN);
            file.read(head, 0);
            int found = head.getInt(SUPERBLOCK);
            if (found != MAGIC) throw new ImageException("mkfs.erofs made no EROFS: magic is " + Integer.toHexString(found));
            byte[] name = new byte[NAME_LENGTH];
            byte[] label = LABEL.getBytes(StandardCharsets.US_ASCII);
            System.arraycopy(label, 0, name, 0, label.length);
            boolean checked = (head.getInt(SUPERBLOCK + COMPATIBLE) & 1) != 0;
            if (checked && checksum(head) != head.getInt(SUPERBLOCK + CHECKSUM)) {
                throw new ImageException("this mkfs.erofs writes a superblock checksum that isn't known here");
            }
            head.put(SUPERBLOCK + NAME, name);
            if (checked) head.putInt(SUPERBLOCK + CHECKSUM, checksum(head));
            file.write(head.slice(SUPERBLOCK, NAME + NAME_LENGTH), SUPERBLOCK);
        }
    }

    private static int checksum(ByteBuffer head) {
        int block = 1 << head.get(SUPERBLOCK + BLOCK_BITS);
        ByteBuffer copy = ByteBuffer.allocate(block - SUPERBLOCK).put(head.slice(SUPERBLOCK, block - SUPERBLOCK)).order(ByteOrder.LITTLE_ENDIAN);
        copy.putInt(CHECKSUM, 0);
        CRC32C crc = new CRC32C();
        crc.update(copy.flip());
        return ~(int) crc.getValue();
    }
}
