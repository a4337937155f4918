package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/**
 * Writes owners into an EROFS that mkfs.erofs made with root as the owner of all: whoever assembles an image need not be
 * root. Format: Linux, fs/erofs/erofs_fs.h. All little-endian.
 *
 * <p>Superblock: 12 blockSizeBits(1) · 14 rootNid(2) · 40 metaBlock(4). Inode N is at metaBlock blocks + 32 N.
 * <br>Inode: 0 format(2), bit 0 extended, bits 1-3 layout · 2 xattrCount(2) · 4 mode(2) · 8 size(4, extended 8) · 16 block(4) ·
 * 24 uid(2, extended 4) · 26 gid(2), extended 28 gid(4).
 * <br>Directory block: entries of 12 bytes, 0 nid(8) · 8 nameOffset(2) · 10 type(1), then the names.
 */
final class ErofsOwners {
    private static final int ROOT_NID = 14;
    private static final int META_BLOCK = 40;
    private static final int SLOT = 32;
    private static final int EXTENDED_SIZE = 64;
    private static final int ENTRY = 12;
    private static final int PLAIN = 0;
    private static final int INLINE = 2;

    private final FileChannel file;
    private final int block;
    private final long meta;
    private final long root;

    private ErofsOwners(FileChannel file) throws IOException {
        this.file = file;
        ByteBuffer head = read(ErofsRoot.SUPERBLOCK, 128);
        if (head.getInt(0) != ErofsRoot.MAGIC) throw new ImageException("expected an EROFS, found magic " + Integer.toHexString(head.getInt(0)));
        block = 1 << head.get(12);
        root = Short.toUnsignedLong(head.getShort(ROOT_NID));
        meta = Integer.toUnsignedLong(head.getInt(META_BLOCK)) * block;
    }

    static void write(Path image, Map<String, ImageTree.Owner> owners) throws IOException {
        if (owners.isEmpty()) return;
        try (FileChannel channel = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ErofsOwners erofs = new ErofsOwners(channel);
            for (Map.Entry<String, ImageTree.Owner> one : owners.entrySet()) erofs.own(one.getKey(), one.getValue());
        }
    }

    /** The owner of a path, for tests. */
    static ImageTree.Owner read(Path image, String path) throws IOException {
        try (FileChannel channel = FileChannel.open(image)) {
            ErofsOwners erofs = new ErofsOwners(channel);
            ByteBuffer inode = erofs.read(erofs.find(path), EXTENDED_SIZE);
            return extended(inode) ? new ImageTree.Owner(inode.getInt(24), inode.getInt(28))
                    : new ImageTree.Owner(Short.toUnsignedInt(inode.getShort(24)), Short.toUnsignedInt(inode.getShort(26)));
        }
    }

    private void own(String path, ImageTree.Owner owner) throws IOException {
        long at = find(path);
        boolean extended = extended(read(at, SLOT));
        ByteBuffer fields = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        if (extended) fields.putInt(owner.uid()).putInt(owner.gid());
        else fields.putShort((short) owner.uid()).putShort((short) owner.gid());
        fields.flip();
        file.write(fields, at + 24);
    }

    private static boolean extended(ByteBuffer inode) {
        return (inode.getShort(0) & 1) != 0;
    }

    /** @return where the path's inode is */
    private long find(String path) throws IOException {
        long at = meta + root * SLOT;
        for (String name : path.split("/")) at = meta + entry(at, name, path) * SLOT;
        return at;
    }

    private long entry(long at, String name, String path) throws IOException {
        ByteBuffer inode = read(at, EXTENDED_SIZE);
        int layout = inode.getShort(0) >> 1 & 7;
        if (layout != PLAIN && layout != INLINE) throw new ImageException("an EROFS folder of layout " + layout + ", expected 0 or 2: " + path);
        int size = inode.getInt(8);
        int xattrs = Short.toUnsignedInt(inode.getShort(2));
        long inline = at + (extended(inode) ? EXTENDED_SIZE : SLOT) + (xattrs == 0 ? 0 : 12 + 4L * (xattrs - 1));
        for (int offset = 0; offset < size; offset += block) {
            int length = Math.min(block, size - offset);
            boolean tail = layout == INLINE && offset / block == (size - 1) / block;
            ByteBuffer entries = read(tail ? inline : Integer.toUnsignedLong(inode.getInt(16)) * block + offset, length);
            long nid = find(entries, name);
            if (nid >= 0) return nid;
        }
        throw new ImageException("the EROFS has no " + path);
    }

    private static long find(ByteBuffer entries, String name) {
        int count = Short.toUnsignedInt(entries.getShort(8)) / ENTRY;
        byte[] wanted = name.getBytes(StandardCharsets.UTF_8);
        for (int i = 0; i < count; i++) {
            int from = Short.toUnsignedInt(entries.getShort(i * ENTRY + 8));
            int to = i + 1 < count ? Short.toUnsignedInt(entries.getShort((i + 1) * ENTRY + 8)) : entries.limit();
            int end = from;
            while (end < to && entries.get(end) != 0) end++;
            byte[] found = new byte[end - from];
            entries.get(from, found);
            if (java.util.Arrays.equals(found, wanted)) return entries.getLong(i * ENTRY);
        }
        return -1;
    }

    private ByteBuffer read(long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining() && file.read(bytes, at + bytes.position()) > 0) continue;
        if (bytes.hasRemaining() && length != EXTENDED_SIZE) throw new ImageException("the EROFS ends at " + (at + bytes.position()));
        return bytes.rewind();
    }
}
