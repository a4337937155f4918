package org.cloudos.cli.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes small bundles for tests. */
public final class Jars {
    private Jars() { }

    /**
     * A bundle.
     *
     * @param headers {@code NAME: VALUE} each
     */
    public static BundleFile bundle(Path dir, String name, String version, String... headers) throws IOException {
        return bundle(dir, name, version, new String[0], headers);
    }

    /** A bundle with these entries: {@code NAME}, or {@code NAME=TEXT} where it matters what is in them. */
    public static BundleFile bundle(Path dir, String name, String version, String[] entries, String... headers)
            throws IOException {
        Manifest manifest = new Manifest();
        Attributes main = manifest.getMainAttributes();
        main.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        main.putValue("Bundle-ManifestVersion", "2");
        main.putValue("Bundle-SymbolicName", name);
        main.putValue("Bundle-Version", version);
        for (String header : headers) {
            main.putValue(header.substring(0, header.indexOf(": ")), header.substring(header.indexOf(": ") + 2));
        }
        Path file = dir.resolve(name + "-" + version + ".jar");
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (String entry : entries) {
                String[] parts = entry.split("=", 2);
                jar.putNextEntry(new ZipEntry(parts[0]));
                if (parts.length > 1) {
                    jar.write(parts[1].getBytes(StandardCharsets.UTF_8));
                }
            }
        }
        return BundleFile.read(file, "").orElseThrow();
    }
}
