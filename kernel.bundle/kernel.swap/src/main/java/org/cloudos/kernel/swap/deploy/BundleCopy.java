package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.Enumeration;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.osgi.framework.Bundle;

/**
 * Packs a running bundle into a jar again: one that came past the store and the profile has no other file that is
 * sure to hold what runs.
 */
final class BundleCopy {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private BundleCopy() { }

    static Content.Copy of(Bundle bundle) throws IOException {
        Path file = Files.createTempFile("cloudos-" + bundle.getSymbolicName() + "-", ".jar");
        try (OutputStream out = Files.newOutputStream(file); JarOutputStream jar = new JarOutputStream(out)) {
            add(bundle, MANIFEST, jar);
            addAll(bundle, "/", jar);
        } catch (IOException e) {
            Files.deleteIfExists(file);
            throw e;
        }
        return new Content.Copy(bundle.getVersion().toString(), file);
    }

    private static void addAll(Bundle bundle, String folder, JarOutputStream jar) throws IOException {
        Enumeration<String> paths = bundle.getEntryPaths(folder);
        if (paths == null) return;
        for (String path : Collections.list(paths)) {
            if (path.endsWith("/")) addAll(bundle, path, jar);
            else if (!path.equals(MANIFEST)) add(bundle, path, jar);
        }
    }

    private static void add(Bundle bundle, String path, JarOutputStream jar) throws IOException {
        URL entry = bundle.getEntry(path);
        if (entry == null) throw new IOException(bundle.getSymbolicName() + " has no entry " + path);
        jar.putNextEntry(new JarEntry(path));
        try (InputStream in = entry.openStream()) {
            in.transferTo(jar);
        }
        jar.closeEntry();
    }
}
