package org.cloudos.commands;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.kernel.swap.Repository;
import org.cloudos.shell.Human;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;

/** Brings jars to local files: from a path, a URL, or by Maven coordinates. Closing removes what was fetched. */
final class Sources implements AutoCloseable {
    private static final long MAX_BYTES = 256L << 20;
    private static final int TIMEOUT_MS = 20_000;
    private static final String COORDINATES = "[\\w.-]+:[\\w.-]+(:[\\w.-]+){1,3}";
    private final BundleContext context;
    private final Path folder;
    private final Consumer<String> progress;
    private final List<AutoCloseable> fetched = new ArrayList<>();

    /** @param folder to which relative paths are relative */
    Sources(BundleContext context, Path folder, Consumer<String> progress) {
        this.context = context;
        this.folder = folder;
        this.progress = progress;
    }

    List<Deployment.Jar> fetch(String source) throws IOException, DeploymentException {
        if (source.matches("(?i)(https?|file):.*")) {
            return List.of(download(source));
        }
        if (source.matches(COORDINATES) && !Files.exists(path(source))) {
            return repository(source);
        }
        Path file = path(source);
        if (!Files.isRegularFile(file)) {
            throw new IllegalArgumentException(Human.printable(source) + ": "
                    + (Files.isDirectory(file) ? "is a folder, expected a jar" : "no such file")
                    + ". Expected a file, a URL (http, https, file) or group:artifact:version");
        }
        return List.of(new Deployment.Jar(source, file, Optional.empty()));
    }

    private Path path(String source) {
        try {
            return folder.resolve(source);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("Not a file's name: " + Human.printable(source));
        }
    }

    private Deployment.Jar download(String source) throws IOException {
        URI uri;
        try {
            uri = new URI(source);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("Not a URL: " + Human.printable(e.getMessage()));
        }
        Path file = Files.createTempFile("bundle-", ".jar");
        fetched.add(() -> Files.deleteIfExists(file));
        try {
            download(uri, file);
        } catch (IOException e) {
            throw new IOException(Human.printable(source) + " can't be fetched: " + e.getMessage(), e);
        }
        progress.accept("fetched " + source + ", " + Human.bytes(Files.size(file)));
        return new Deployment.Jar(source, file, Optional.empty());
    }

    private static void download(URI uri, Path file) throws IOException {
        URLConnection connection = uri.toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        if (connection instanceof HttpURLConnection http && http.getResponseCode() != HttpURLConnection.HTTP_OK) {
            throw new IOException("the server answers " + http.getResponseCode() + " " + http.getResponseMessage());
        }
        try (InputStream in = connection.getInputStream(); OutputStream out = Files.newOutputStream(file)) {
            copy(in, out);
        }
    }

    private static void copy(InputStream in, OutputStream out) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        long total = 0;
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            total += n;
            if (total > MAX_BYTES) {
                throw new IOException("more than " + Human.bytes(MAX_BYTES) + "; fetch it by other means");
            }
            out.write(buffer, 0, n);
        }
    }

    private List<Deployment.Jar> repository(String coordinates) throws DeploymentException {
        ServiceReference<Repository> reference = context.getServiceReference(Repository.class);
        Repository repository = reference == null ? null : context.getService(reference);
        if (repository == null) {
            throw new IllegalStateException("Maven coordinates need a repository, and nothing in this profile provides one"
                    + " (org.cloudos.repository does; the profile server has it)");
        }
        Repository.Found found = repository.resolve(coordinates, progress);
        fetched.add(found);
        return found.jars();
    }

    /** A swap that would install something else is a mistake. */
    static void requireReplaces(Installed installed, Deployment.Jar jar, String wanted) throws IOException {
        String name = symbolicName(jar.file());
        if (!wanted.isEmpty() && !wanted.equals(name)) {
            throw new IllegalArgumentException(jar.name() + " is the bundle " + Human.printable(name) + ", expected " + wanted);
        }
        if (installed.find(name).isEmpty()) {
            throw new IllegalArgumentException("No bundle " + Human.printable(name) + " is installed that " + jar.name()
                    + " could replace. To put it in: bundle:install");
        }
    }

    private static String symbolicName(Path file) throws IOException {
        try (JarFile jar = new JarFile(file.toFile(), false)) {
            Manifest manifest = jar.getManifest();
            String name = manifest == null ? null : manifest.getMainAttributes().getValue(Constants.BUNDLE_SYMBOLICNAME);
            if (name == null) {
                throw new IllegalArgumentException(file.getFileName() + " is no bundle: its manifest has no Bundle-SymbolicName");
            }
            return name.split(";")[0].strip();
        } catch (java.util.zip.ZipException e) {
            throw new IllegalArgumentException(file.getFileName() + " is no jar, or damaged: " + e.getMessage());
        }
    }

    @Override
    public void close() {
        for (AutoCloseable one : fetched) {
            try {
                one.close();
            } catch (Exception e) {
                progress.accept("a fetched file stays behind: " + e.getMessage());
            }
        }
    }
}
