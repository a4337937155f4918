package org.cloudos.launcher;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.osgi.framework.connect.ConnectContent;
import org.osgi.framework.connect.ConnectModule;

/**
 * A bundle's jar for the framework: headers, entries and, for a bundle on the class path, the class loader. Without
 * a class loader the framework makes one of its own over the entries. The jar is opened at the first need.
 */
final class JarContent implements ConnectModule, ConnectContent {
    private static final String MANIFEST = "META-INF/MANIFEST.MF";

    private final File jar;
    private final ClassLoader loader;
    private ZipFile zip; // guarded by this

    /** @param loader null to have the framework make one */
    JarContent(File jar, ClassLoader loader) {
        this.jar = jar;
        this.loader = loader;
    }

    @Override
    public ConnectContent getContent() {
        return this;
    }

    @Override
    public Optional<Map<String, String>> getHeaders() {
        try {
            return Optional.of(headers());
        } catch (IOException e) {
            throw new IllegalStateException(jar.getName() + ": no readable manifest: " + e.getMessage(), e);
        }
    }

    private Map<String, String> headers() throws IOException {
        Map<String, String> headers = new HashMap<>();
        ZipEntry entry = zip().getEntry(MANIFEST);
        if (entry == null) {
            throw new IOException(MANIFEST + " is missing");
        }
        try (InputStream in = zip().getInputStream(entry)) {
            Attributes main = new java.util.jar.Manifest(in).getMainAttributes();
            for (Map.Entry<Object, Object> e : main.entrySet()) {
                headers.put(e.getKey().toString(), e.getValue().toString());
            }
        }
        // An update without a stream must come back here, not go to the network.
        headers.remove("Bundle-UpdateLocation");
        return headers;
    }

    @Override
    public Iterable<String> getEntries() throws IOException {
        ArrayList<String> names = new ArrayList<>();
        for (Enumeration<? extends ZipEntry> all = zip().entries(); all.hasMoreElements();) {
            names.add(all.nextElement().getName());
        }
        return names;
    }

    @Override
    public Optional<ConnectEntry> getEntry(String path) {
        try {
            ZipEntry entry = zip().getEntry(path);
            return entry == null ? Optional.empty() : Optional.of(new Entry(entry));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public Optional<ClassLoader> getClassLoader() {
        return Optional.ofNullable(loader);
    }

    /** The framework opens each content once, also to look at headers only. So that costs nothing. */
    @Override
    public void open() throws IOException {
        if (!jar.isFile()) {
            throw new IOException(jar + " is missing");
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (zip != null) {
            zip.close();
            zip = null;
        }
    }

    private synchronized ZipFile zip() throws IOException {
        if (zip == null) {
            zip = new ZipFile(jar);
        }
        return zip;
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
            return zip().getInputStream(entry);
        }
    }
}
