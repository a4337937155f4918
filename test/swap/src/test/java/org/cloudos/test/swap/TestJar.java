package org.cloudos.test.swap;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Makes small bundles out of this test's own classes. */
final class TestJar {
    private final Manifest manifest = new Manifest();
    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    TestJar(String symbolicName, String version) {
        header("Manifest-Version", "1.0").header("Bundle-ManifestVersion", "2")
                .header("Bundle-SymbolicName", symbolicName).header("Bundle-Version", version);
    }

    TestJar header(String name, String value) {
        manifest.getMainAttributes().put(new Attributes.Name(name), value);
        return this;
    }

    TestJar type(Class<?> type) {
        String name = type.getName().replace('.', '/') + ".class";
        try (InputStream in = type.getClassLoader().getResourceAsStream(name)) {
            return entry(name, in.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    TestJar entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    Path in(Path folder) throws IOException {
        Path file = folder.resolve(manifest.getMainAttributes().getValue("Bundle-SymbolicName") + "-"
                + manifest.getMainAttributes().getValue("Bundle-Version") + ".jar");
        try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
            for (Map.Entry<String, byte[]> e : entries.entrySet()) {
                out.putNextEntry(new ZipEntry(e.getKey()));
                out.write(e.getValue());
                out.closeEntry();
            }
        }
        return file;
    }
}
