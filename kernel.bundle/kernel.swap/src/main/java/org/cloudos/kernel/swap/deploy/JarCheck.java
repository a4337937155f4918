package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.cloudos.kernel.swap.Deployment.Jar;
import org.cloudos.kernel.swap.DeploymentException.BadJar;
import org.osgi.framework.Version;

/**
 * Whether a file is a whole bundle: reads every entry, with bounds, against its checksum and, where the jar is
 * signed, its signature. The digest that was asked for is compared first.
 */
final class JarCheck {
    private final int maxEntries;
    private final long maxBytes;

    JarCheck(int maxEntries, long maxBytes) {
        this.maxEntries = maxEntries;
        this.maxBytes = maxBytes;
    }

    CheckedJar check(Jar jar) throws BadJar {
        String name = jar.name();
        String digest = digest(jar);
        if (jar.sha256().isPresent() && !jar.sha256().get().equalsIgnoreCase(digest)) {
            throw new BadJar(name + ": expected the SHA-256 " + jar.sha256().get() + ", found " + digest, null);
        }
        try (JarFile file = new JarFile(jar.file().toFile(), true, ZipFile.OPEN_READ)) {
            readAll(name, file);
            Manifest manifest = file.getManifest();
            if (manifest == null) throw new BadJar(name + " is no bundle: it has no META-INF/MANIFEST.MF", null);
            return describe(jar, digest, headers(manifest));
        } catch (SecurityException e) {
            throw new BadJar(name + ": its signature does not hold: " + e.getMessage(), e);
        } catch (ZipException e) {
            throw new BadJar(name + " is no jar, or truncated: " + e.getMessage(), e);
        } catch (IOException e) {
            throw new BadJar(name + " is damaged: " + e.getMessage(), e);
        }
    }

    private static CheckedJar describe(Jar jar, String digest, Map<String, String> headers) throws BadJar {
        String name = jar.name();
        String header = headers.get("Bundle-SymbolicName");
        if (header == null || header.isBlank()) {
            throw new BadJar(name + " is no bundle: its manifest has no Bundle-SymbolicName", null);
        }
        if (!"2".equals(headers.getOrDefault("Bundle-ManifestVersion", "").trim())) {
            throw new BadJar(name + ": expected Bundle-ManifestVersion 2, found "
                    + headers.getOrDefault("Bundle-ManifestVersion", "none"), null);
        }
        try {
            Version version = Version.parseVersion(headers.get("Bundle-Version"));
            return new CheckedJar(name, jar.file(), digest, header.split(";", 2)[0].trim(), version, headers);
        } catch (IllegalArgumentException e) {
            throw new BadJar(name + ": its Bundle-Version is no version: " + headers.get("Bundle-Version"), e);
        }
    }

    private static Map<String, String> headers(Manifest manifest) {
        Map<String, String> headers = new HashMap<>();
        for (Map.Entry<Object, Object> e : manifest.getMainAttributes().entrySet()) {
            headers.put(((Attributes.Name) e.getKey()).toString(), e.getValue().toString());
        }
        return headers;
    }

    private void readAll(String name, JarFile file) throws IOException, BadJar {
        boolean signed = file.stream().anyMatch(e -> e.getName().matches("(?i)META-INF/[^/]+\\.SF"));
        byte[] buffer = new byte[1 << 16];
        long total = 0;
        int count = 0;
        for (Enumeration<JarEntry> all = file.entries(); all.hasMoreElements();) {
            JarEntry entry = all.nextElement();
            if (++count > maxEntries) throw new BadJar(name + " has more than " + maxEntries + " entries", null);
            checkName(name, entry.getName());
            if (entry.isDirectory()) continue;
            total += read(name, file, entry, buffer, maxBytes - total);
            if (signed && !entry.getName().startsWith("META-INF/") && entry.getCodeSigners() == null) {
                throw new BadJar(name + " is signed, but its entry " + entry.getName() + " is not", null);
            }
        }
    }

    private long read(String name, JarFile file, JarEntry entry, byte[] buffer, long most)
            throws IOException, BadJar {
        CRC32 crc = new CRC32();
        long size = 0;
        try (InputStream in = file.getInputStream(entry)) {
            for (int n; (n = in.read(buffer)) >= 0;) {
                size += n;
                if (size > most) throw new BadJar(name + " unpacks to more than " + maxBytes + " bytes", null);
                crc.update(buffer, 0, n);
            }
        }
        if (entry.getSize() >= 0 && entry.getSize() != size) {
            throw new BadJar(name + " is damaged: its entry " + entry.getName() + " should have " + entry.getSize()
                    + " bytes, and has " + size, null);
        }
        if (entry.getCrc() >= 0 && entry.getCrc() != crc.getValue()) {
            throw new BadJar(name + " is damaged: the checksum of its entry " + entry.getName() + " is wrong", null);
        }
        return size;
    }

    /** Who unpacks it must not be led out of the folder that he unpacks to. */
    private static void checkName(String name, String entry) throws BadJar {
        boolean bad = entry.isEmpty() || entry.startsWith("/") || entry.indexOf('\\') >= 0 || entry.indexOf('\0') >= 0
                || entry.matches("[A-Za-z]:.*");
        for (String part : entry.split("/")) bad |= part.equals("..");
        if (bad) throw new BadJar(name + " has an entry that leads out of it: " + entry, null);
    }

    private static String digest(Jar jar) throws BadJar {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(jar.file()),
                MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchFileException e) {
            throw new BadJar(jar.name() + ": there is no file " + jar.file(), e);
        } catch (IOException e) {
            throw new BadJar(jar.name() + " can't be read: " + e.getMessage(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
