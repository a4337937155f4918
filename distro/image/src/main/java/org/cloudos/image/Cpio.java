package org.cloudos.image;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Writes an initramfs archive: cpio "newc" (Linux Documentation/driver-api/early-userspace/buffer-format.rst). A header
 * is the magic 070701 and 13 fields of 8 hexadecimal digits; name and data are padded to 4 bytes. Times and inode
 * numbers are fixed, everything belongs to root.
 */
public final class Cpio implements Closeable {
    static final int HEADER = 110;

    private static final int REGULAR = 0100000;
    private static final int FOLDER = 0040000;
    private static final int CHARACTER_DEVICE = 0020000;
    private static final String END = "TRAILER!!!";

    private final OutputStream out;
    private long written;
    private int inode;

    /** @param out closed with this */
    public Cpio(OutputStream out) {
        this.out = out;
    }

    /** A folder; its parents must have been written before. */
    public void folder(String name) throws IOException {
        header(name, FOLDER | 0755, 0, 0, 0);
    }

    /** A character device of root. */
    public void device(String name, int major, int minor) throws IOException {
        header(name, CHARACTER_DEVICE | 0600, 0, major, minor);
    }

    /** A file with this content. */
    public void file(String name, int permissions, byte[] data) throws IOException {
        header(name, REGULAR | permissions, data.length, 0, 0);
        write(data, data.length);
        pad();
    }

    /** A file of any size up to 4 GiB, the format's limit. */
    public void file(String name, int permissions, Path source) throws IOException {
        long size = Files.size(source);
        if (size > 0xffff_ffffL) throw new ImageException(source + " is too large for an initramfs: " + size + " bytes, at most 4 GiB");
        header(name, REGULAR | permissions, size, 0, 0);
        byte[] block = new byte[1 << 16];
        long left = size;
        try (InputStream in = Files.newInputStream(source)) {
            for (int n; left > 0 && (n = in.read(block, 0, (int) Math.min(block.length, left))) > 0; left -= n) write(block, n);
        }
        if (left != 0) throw new ImageException(source + " became shorter while it was read");
        pad();
    }

    @Override public void close() throws IOException {
        inode = -1;
        header(END, 0, 0, 0, 0);
        out.close();
    }

    private void header(String name, int mode, long size, int major, int minor) throws IOException {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        long time = name.equals(END) ? 0 : Reproducible.EPOCH_SECOND;
        int links = (mode & FOLDER) == FOLDER ? 2 : 1;
        String header = String.format(Locale.ROOT, "070701%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X%08X",
                ++inode, mode, 0, 0, links, time, size, 0, 0, major, minor, path.length + 1, 0);
        write(header.getBytes(StandardCharsets.US_ASCII), HEADER);
        write(path, path.length);
        write(new byte[1], 1);
        pad();
    }

    private void pad() throws IOException {
        int n = (int) (-written & 3);
        write(new byte[n], n);
    }

    private void write(byte[] bytes, int length) throws IOException {
        out.write(bytes, 0, length);
        written += length;
    }
}
