package org.cloudos.config.backup;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.util.Base64;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.cloudos.config.ConfigException;

/** Writes and checks archives. Nothing of one that is not whole and rightly signed is used. */
final class Archive {
    private static final String MANIFEST = "manifest.json";
    private static final String SIGNATURE = "signature";
    private static final int MAX_MANIFEST = 16 << 20;
    private static final int MAX_ENTRIES = 20_000;
    private static final long MAX_BYTES = 4L << 30;
    private static final long FIXED_TIME = 315_532_800_000L; // 1980: a ZIP file knows none before

    private Archive() { }

    /** Of files by their names in the archive; what is at its place is replaced at the end. */
    static void write(Path file, Manifest manifest, SortedMap<String, Path> files, SigningKey key) throws IOException, GeneralSecurityException {
        Path folder = file.toAbsolutePath().getParent();
        Files.createDirectories(folder);
        Path aside = Files.createTempFile(folder, "." + file.getFileName(), ".part");
        try {
            try (ZipOutputStream zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(aside)))) {
                byte[] bytes = manifest.bytes();
                put(zip, MANIFEST, bytes);
                put(zip, SIGNATURE, Base64.getEncoder().encode(key.sign(bytes)));
                for (Map.Entry<String, Path> entry : files.entrySet()) {
                    put(zip, entry.getKey(), Files.readAllBytes(entry.getValue()));
                }
            }
            Files.move(aside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(aside);
        }
    }

    private static void put(ZipOutputStream zip, String name, byte[] bytes) throws IOException {
        ZipEntry entry = new ZipEntry(name);
        entry.setTime(FIXED_TIME);
        zip.putNextEntry(entry);
        zip.write(bytes);
        zip.closeEntry();
    }

    /**
     * Checks an archive and unpacks it into a folder, each entry under the number of its place in the manifest.
     *
     * @param trusts whether this key may sign, given with its fingerprint
     */
    static Manifest read(Path file, Path into, Trust trusts) throws ConfigException, IOException, GeneralSecurityException {
        if (!Files.isRegularFile(file)) {
            throw new ConfigException.Refused(file + ": no such file");
        }
        try (ZipFile zip = new ZipFile(file.toFile())) {
            byte[] bytes = small(zip, MANIFEST);
            Manifest manifest = Manifest.parse(bytes);
            PublicKey key = SigningKey.parse(manifest.key());
            if (!SigningKey.verifies(key, bytes, Base64.getDecoder().decode(small(zip, SIGNATURE)))) {
                throw new ConfigException.Refused(file + " was tampered with: its signature is not that of its manifest");
            }
            trusts.require(key, SigningKey.fingerprint(key));
            names(file, zip, manifest);
            for (int i = 0; i < manifest.entries().size(); i++) {
                unpack(file, zip, manifest.entries().get(i), into.resolve(Integer.toString(i)));
            }
            return manifest;
        } catch (java.util.zip.ZipException | IllegalArgumentException e) {
            throw new ConfigException.Refused(file + " is no backup, or damaged: " + e.getMessage());
        }
    }

    /** Says no by an exception. */
    interface Trust {
        void require(PublicKey key, String fingerprint) throws ConfigException;
    }

    private static byte[] small(ZipFile zip, String name) throws IOException {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw new IllegalArgumentException("it has no " + name);
        }
        try (InputStream in = zip.getInputStream(entry)) {
            byte[] bytes = in.readNBytes(MAX_MANIFEST + 1);
            if (bytes.length > MAX_MANIFEST) {
                throw new IllegalArgumentException(name + " is larger than " + MAX_MANIFEST + " bytes");
            }
            return bytes;
        }
    }

    /** Exactly what the manifest names, each once. */
    private static void names(Path file, ZipFile zip, Manifest manifest) throws ConfigException {
        Set<String> expected = new HashSet<>(List.of(MANIFEST, SIGNATURE));
        long sum = 0;
        for (Manifest.Item item : manifest.entries()) {
            sum += item.size();
            if (!expected.add(item.name()) || item.size() < 0 || sum > MAX_BYTES || expected.size() > MAX_ENTRIES) {
                throw new ConfigException.Refused(file + ": " + item.name() + " is named twice, or there is too much of it");
            }
        }
        Set<String> found = new HashSet<>();
        for (ZipEntry entry : zip.stream().limit(MAX_ENTRIES + 1L).toList()) {
            if (!found.add(entry.getName()) || !expected.contains(entry.getName())) {
                throw new ConfigException.Refused(file + " was tampered with: " + entry.getName() + " is not in its manifest, or there twice");
            }
        }
        expected.removeAll(found);
        if (!expected.isEmpty()) {
            throw new ConfigException.Refused(file + " was tampered with: " + expected.iterator().next() + " is missing");
        }
    }

    private static void unpack(Path file, ZipFile zip, Manifest.Item item, Path to) throws ConfigException, IOException {
        MessageDigest digest = sha256();
        long size = 0;
        try (InputStream in = new DigestInputStream(zip.getInputStream(zip.getEntry(item.name())), digest);
                OutputStream out = Files.newOutputStream(to)) {
            byte[] buffer = new byte[1 << 16];
            for (int n = in.read(buffer); n >= 0 && size <= item.size(); n = in.read(buffer)) {
                size += n;
                out.write(buffer, 0, n);
            }
        }
        if (size != item.size() || !HexFormat.of().formatHex(digest.digest()).equals(item.sha256())) {
            throw new ConfigException.Refused(file + " was tampered with: " + item.name() + " is not what was signed");
        }
    }

    static Manifest.Item item(String name, Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        return new Manifest.Item(name, bytes.length, HexFormat.of().formatHex(sha256().digest(bytes)));
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
