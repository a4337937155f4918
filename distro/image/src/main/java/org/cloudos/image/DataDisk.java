package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The volume for what survives: ext4, found by init by its label, mounted at /var. */
public final class DataDisk {
    static final String LABEL = "cloudos-data";

    private DataDisk() {}

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
