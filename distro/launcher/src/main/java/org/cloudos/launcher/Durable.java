package org.cloudos.launcher;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * Files that are on the medium when the call returns, and that a cut leaves old or new but never half: written
 * aside, forced, renamed over the old one, and the directory forced.
 */
final class Durable {
    private static final String ASIDE = ".new";

    private Durable() { }

    static void write(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Path aside = file.resolveSibling(file.getFileName() + ASIDE);
        try {
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                    StandardOpenOption.TRUNCATE_EXISTING)) {
                writeAll(out, text);
                out.force(true);
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE);
            force(file.getParent());
        } catch (IOException e) {
            throw failed(file, aside, e);
        }
    }

    /** One more line. A cut may leave part of it at the end: readers skip it, and the next line starts afresh. */
    static void append(Path file, String line) throws IOException {
        Files.createDirectories(file.getParent());
        boolean created = !Files.exists(file);
        long before = created ? 0 : Files.size(file);
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE,
                StandardOpenOption.READ)) {
            try {
                out.position(before);
                writeAll(out, (endsLine(out, before) ? "" : "\n") + line + "\n");
                out.force(true);
            } catch (IOException e) {
                out.truncate(before);
                throw e;
            }
        } catch (IOException e) {
            throw new IOException(file + ": can't be written: " + reason(e), e);
        }
        if (created) {
            force(file.getParent());
        }
    }

    private static boolean endsLine(FileChannel file, long size) throws IOException {
        ByteBuffer last = ByteBuffer.allocate(1);
        return size == 0 || file.read(last, size - 1) < 1 || last.get(0) == '\n';
    }

    /**
     * A stream's bytes under their digest's name.
     *
     * @return the SHA-256 in lower-case hex
     */
    static String store(InputStream bytes, Path directory, String suffix) throws IOException {
        Files.createDirectories(directory);
        Path aside = Files.createTempFile(directory, "put", ASIDE);
        try {
            DigestInputStream in = new DigestInputStream(bytes, sha256());
            try (FileChannel out = FileChannel.open(aside, StandardOpenOption.WRITE)) {
                byte[] buffer = new byte[1 << 16];
                for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                    ByteBuffer b = ByteBuffer.wrap(buffer, 0, n);
                    while (b.hasRemaining()) {
                        out.write(b);
                    }
                }
                out.force(true);
            }
            String digest = HexFormat.of().formatHex(in.getMessageDigest().digest());
            Files.move(aside, directory.resolve(digest + suffix), StandardCopyOption.ATOMIC_MOVE);
            force(directory);
            return digest;
        } catch (IOException e) {
            throw failed(directory, aside, e);
        }
    }

    static void delete(Path file) throws IOException {
        if (Files.deleteIfExists(file)) {
            force(file.getParent());
        }
    }

    static String digest(Path file) throws IOException {
        try (InputStream in = new DigestInputStream(Files.newInputStream(file), sha256())) {
            byte[] buffer = new byte[1 << 16];
            while (in.read(buffer) >= 0) {
                // The digest is what is wanted.
            }
            return HexFormat.of().formatHex(((DigestInputStream) in).getMessageDigest().digest());
        }
    }

    static boolean isAside(Path file) {
        return file.getFileName().toString().endsWith(ASIDE);
    }

    private static void writeAll(FileChannel out, String text) throws IOException {
        ByteBuffer b = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
        while (b.hasRemaining()) {
            out.write(b);
        }
    }

    /** A rename is on the medium only when its directory is. */
    private static void force(Path directory) throws IOException {
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    private static IOException failed(Path what, Path aside, IOException e) {
        try {
            Files.deleteIfExists(aside);
        } catch (IOException second) {
            e.addSuppressed(second);
        }
        return new IOException(what + ": can't be written: " + reason(e), e);
    }

    /** {@code FileSystemException}'s message repeats the path; its reason is what matters. */
    private static String reason(IOException e) {
        return e instanceof java.nio.file.FileSystemException f && f.getReason() != null ? f.getReason() : e.toString();
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
