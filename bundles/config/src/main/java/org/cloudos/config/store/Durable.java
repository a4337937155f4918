package org.cloudos.config.store;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** Files that are on the medium when the call returns, and that a cut leaves old or new but never half. */
public final class Durable {
    private static final String ASIDE = ".new";
    /** Configuration may tell more than everybody should know. */
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private Durable() { }

    /** Written aside, forced, renamed over the old one, and the folder forced. Who may read the old one may read the new. */
    public static void write(Path file, String text) throws IOException {
        write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** As {@link #write(Path, String)}. */
    public static void write(Path file, byte[] bytes) throws IOException {
        folder(file.getParent());
        Path aside = file.resolveSibling("." + file.getFileName() + ASIDE);
        try {
            Set<PosixFilePermission> permissions = Files.isRegularFile(file) ? Files.getPosixFilePermissions(file) : PRIVATE;
            Files.deleteIfExists(aside);
            Files.createFile(aside, PosixFilePermissions.asFileAttribute(PRIVATE));
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                for (ByteBuffer b = ByteBuffer.wrap(bytes); b.hasRemaining();) {
                    out.write(b);
                }
                out.force(true);
            }
            Files.setPosixFilePermissions(aside, permissions);
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            force(file.getParent());
        } catch (IOException e) {
            throw failed(file, aside, e);
        }
    }

    /** Gone when the call returns. */
    public static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            force(file.getParent());
        }
    }

    /** A folder that only its owner can enter. */
    public static void folder(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            if (folder.getParent() != null) {
                folder(folder.getParent());
            }
            Files.createDirectory(folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        }
    }

    /** A rename is on the medium only when its folder is. */
    private static void force(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static IOException failed(Path file, Path aside, IOException e) {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException second) {
            e.addSuppressed(second);
        }
        String reason = e instanceof FileSystemException f ? f.getReason() == null ? e.toString() : f.getReason()
                : e.getMessage() == null ? e.toString() : e.getMessage();
        return new IOException(file + ": can't be written: " + reason, e);
    }
}
