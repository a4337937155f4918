package org.cloudos.test.swap;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;
import org.osgi.framework.connect.ModuleConnector;

/** Gives the profile's bundles to the framework from the class path, as the launcher does. */
final class TestConnector implements ModuleConnector {
    private final Map<String, Path> jars = new HashMap<>();
    private final Set<String> overlaid = ConcurrentHashMap.newKeySet();

    void add(String symbolicName, Path jar) {
        jars.put("cloudos:" + symbolicName, jar);
    }

    void overlay(String symbolicName, boolean on) {
        if (on) overlaid.add("cloudos:" + symbolicName);
        else overlaid.remove("cloudos:" + symbolicName);
    }

    @Override
    public Optional<ConnectModule> connect(String location) {
        Path jar = jars.get(location);
        if (jar == null) return Optional.empty();
        ClassLoader loader = overlaid.contains(location) ? null : TestConnector.class.getClassLoader();
        return Optional.of(() -> new Content(jar, loader));
    }

    @Override
    public void initialize(File storage, Map<String, String> configuration) { }

    @Override
    public Optional<BundleActivator> newBundleActivator() {
        return Optional.empty();
    }

    private static final class Content implements ConnectContent {
        private final Path jar;
        private final ClassLoader loader;
        private ZipFile zip;

        Content(Path jar, ClassLoader loader) {
            this.jar = jar;
            this.loader = loader;
        }

        @Override
        public Optional<Map<String, String>> getHeaders() {
            return Optional.empty();
        }

        @Override
        public Iterable<String> getEntries() {
            return zip.stream().map(ZipEntry::getName).toList();
        }

        @Override
        public Optional<ConnectEntry> getEntry(String path) {
            return Optional.ofNullable(zip.getEntry(path)).map(Entry::new);
        }

        @Override
        public Optional<ClassLoader> getClassLoader() {
            return Optional.ofNullable(loader);
        }

        @Override
        public void open() throws IOException {
            if (zip == null) zip = new ZipFile(jar.toFile());
        }

        @Override
        public void close() throws IOException {
            if (zip != null) zip.close();
            zip = null;
        }

        private final class Entry implements ConnectEntry {
            private final ZipEntry entry;

            Entry(ZipEntry entry) {
                this.entry = entry;
            }

            @Override
            public String getName() {
                return entry.getName();
            }

            @Override
            public long getContentLength() {
                return entry.getSize();
            }

            @Override
            public long getLastModified() {
                return entry.getTime();
            }

            @Override
            public InputStream getInputStream() throws IOException {
                try {
                    return zip.getInputStream(entry);
                } catch (IllegalStateException e) {
                    throw new UncheckedIOException(new IOException(e));
                }
            }
        }
    }
}
