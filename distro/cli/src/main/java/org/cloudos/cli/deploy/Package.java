package org.cloudos.cli.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.zip.ZipFile;
import org.cloudos.cli.Failure;

/**
 * A jar to send.
 *
 * @param sha256 in lower-case hex
 */
public record Package(String name, Path file, long size, String sha256) {
    /** Looks at the file; that it is a bundle is for the receiver to judge. */
    public static Package of(Path file) {
        if (!Files.exists(file)) {
            throw Failure.usage("There is no file " + file);
        }
        if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
            throw Failure.usage(file + " can't be read as a file");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            if (zip.getEntry("META-INF/MANIFEST.MF") == null) {
                throw new Failure(file + " is not a bundle: it has no META-INF/MANIFEST.MF");
            }
        } catch (IOException e) {
            throw new Failure(file + " is not a jar, or is damaged", e);
        }
        try (InputStream in = Files.newInputStream(file)) {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            long size = new DigestInputStream(in, digest).transferTo(OutputStream.nullOutputStream());
            return new Package(file.getFileName().toString(), file, size, HexFormat.of().formatHex(digest.digest()));
        } catch (IOException e) {
            throw new Failure("Can't read " + file, e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
