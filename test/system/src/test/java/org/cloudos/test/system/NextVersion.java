package org.cloudos.test.system;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** A driver's bundle with another version, to swap it in. */
record NextVersion(Path jar) {
    static NextVersion of(Path folder, String bundle, String version) throws IOException {
        Path now = Command.ROOT.resolve("hal.bundle/" + bundle + "/target/" + bundle + "-0.1.0.jar");
        Path next = folder.resolve(bundle + "-" + version + ".jar");
        try (JarFile jar = new JarFile(now.toFile())) {
            Manifest manifest = new Manifest(jar.getManifest());
            manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(next), manifest)) {
                for (ZipEntry entry : jar.stream().filter(e -> !e.getName().equals(JarFile.MANIFEST_NAME)).toList()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    jar.getInputStream(entry).transferTo(out);
                }
            }
        }
        return new NextVersion(next);
    }
}
