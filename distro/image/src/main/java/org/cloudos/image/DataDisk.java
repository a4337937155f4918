package org.cloudos.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The volume for what survives: ext4, found by init by its label, mounted at /var. */
public final class DataDisk {
    static final String LABEL = "cloudos-data";

    /** ext4's superblock, at byte 1024: 56 magic(2) · 120 volumeName(16). */
    private static final int SUPERBLOCK = 1024;
    private static final int MAGIC = 56;
    private static final int NAME = 120;

    private DataDisk() {}

    /** @throws ImageException when init would not take the file for a data disk */
    public static void check(Path file) throws IOException {
        byte[] head;
        try (InputStream in = Files.newInputStream(file)) {
            head = in.readNBytes(SUPERBLOCK + 256);
        }
        boolean ok = head.length == SUPERBLOCK + 256 && head[SUPERBLOCK + MAGIC] == 0x53 && head[SUPERBLOCK + MAGIC + 1] == (byte) 0xef
                && new String(head, SUPERBLOCK + NAME, LABEL.length() + 1, StandardCharsets.ISO_8859_1).equals(LABEL + "\0");
        if (!ok) throw new ImageException(file + " is no data disk of CloudOS: expected an ext4 file system labelled " + LABEL
                + ". It was left as it is; name a file that does not exist to get a new one");
    }

    /** Makes a new, sparse file with an empty file system, always the same. */
    public static void create(Path file, long bytes) throws IOException {
        Path work = file.resolveSibling("." + file.getFileName() + ".tmp");
        Files.deleteIfExists(work);
        try {
            Trees.createSparse(work, bytes);
            new Tool(HostTools.path("mkfs.ext4"), "-q", "-F", "-L", LABEL, "-U", Reproducible.id("data"), "-m", "0",
                    "-E", "hash_seed=" + Reproducible.id("data/hash") + ",root_owner=0:0,nodiscard", work).run();
            Files.move(work, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(work);
        }
    }
}
