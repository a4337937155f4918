package org.cloudos.fs.cloudfs.format;

import java.nio.charset.StandardCharsets;
import java.util.UUID;
import org.cloudos.fs.FsException;

/**
 * A subvolume in the catalog: 0 root(32) · 32 next inode(8) · 40 flags(8) · 48 created(8) · 56 parent(8) · 64 identity(16) · 80 origin(16)
 * · 96 name length(2) · 98 name.
 *
 * @param number   the key's object; 5 is the volume's own files
 * @param origin   of a received one; zero bits for none
 * @param flags    {@link #WRITABLE}
 */
public record Entry(long number, Pointer root, long nextInode, long flags, long created, long parent, UUID identity, UUID origin, String name) {
    public static final long WRITABLE = 1;
    /** The number of the volume's own files. */
    public static final long HEAD = 5;
    public static final UUID NO_ORIGIN = new UUID(0, 0);

    public boolean writable() {
        return (flags & WRITABLE) != 0;
    }

    public Entry at(Pointer newRoot, long newNextInode) {
        return new Entry(number, newRoot, newNextInode, flags, created, parent, identity, origin, name);
    }

    public byte[] emit() {
        byte[] text = name.getBytes(StandardCharsets.UTF_8);
        byte[] b = new byte[98 + text.length + (root.digest() == null ? 0 : Digest.BYTES)];
        root.write(b, 0, 98 + text.length);
        Le.i64(b, 32, nextInode);
        Le.i64(b, 40, flags);
        Le.i64(b, 48, created);
        Le.i64(b, 56, parent);
        Le.uuid(b, 64, identity);
        Le.uuid(b, 80, origin);
        Le.u16(b, 96, text.length);
        System.arraycopy(text, 0, b, 98, text.length);
        return b;
    }

    public static Entry parse(long number, byte[] b) throws FsException {
        int end = b.length < 98 ? 0 : 98 + Le.u16(b, 96);
        if (b.length < 98 || b.length != end + (Pointer.digested(b, 0) ? Digest.BYTES : 0)) {
            throw new FsException.Corrupt("subvolume " + number, "length", "98 and its name", b.length);
        }
        return new Entry(number, Pointer.read(b, 0, end), Le.i64(b, 32), Le.i64(b, 40), Le.i64(b, 48), Le.i64(b, 56), Le.uuid(b, 64), Le.uuid(b, 80),
                new String(b, 98, end - 98, StandardCharsets.UTF_8));
    }
}
