package org.cloudos.fs.nio;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** A path with slashes, as Linux has them. The text has no two slashes in a row and none at its end. */
final class CloudPath implements Path {
    private final CloudFileSystem fileSystem;
    private final String text;
    private String[] names;

    private CloudPath(CloudFileSystem fileSystem, String text) {
        this.fileSystem = fileSystem;
        this.text = text;
    }

    static CloudPath of(CloudFileSystem fileSystem, String text) {
        int nul = text.indexOf(0);
        if (nul >= 0) {
            throw new InvalidPathException(text, "a path has no NUL", nul);
        }
        StringBuilder clean = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c != '/' || clean.isEmpty() || clean.charAt(clean.length() - 1) != '/') {
                clean.append(c);
            }
        }
        if (clean.length() > 1 && clean.charAt(clean.length() - 1) == '/') {
            clean.setLength(clean.length() - 1);
        }
        return new CloudPath(fileSystem, clean.toString());
    }

    /** Of this provider, or an exception that says so. */
    static CloudPath of(Path path) {
        if (Objects.requireNonNull(path) instanceof CloudPath own) {
            return own;
        }
        throw new ProviderMismatchException(path + " of " + path.getFileSystem().provider().getScheme());
    }

    /** What the VFS resolves. */
    String vfs() {
        return text.isEmpty() ? "/" : text.charAt(0) == '/' ? text : "/" + text;
    }

    private String[] names() {
        if (names == null) {
            String plain = isAbsolute() ? text.substring(1) : text;
            names = text.equals("/") ? new String[0] : plain.split("/", -1);
        }
        return names;
    }

    private CloudPath make(boolean absolute, List<String> parts) {
        return new CloudPath(fileSystem, (absolute ? "/" : "") + String.join("/", parts));
    }

    @Override public FileSystem getFileSystem() {
        return fileSystem;
    }

    CloudFileSystem cloud() {
        return fileSystem;
    }

    @Override public boolean isAbsolute() {
        return text.startsWith("/");
    }

    @Override public Path getRoot() {
        return isAbsolute() ? new CloudPath(fileSystem, "/") : null;
    }

    @Override public Path getFileName() {
        return names().length == 0 ? null : new CloudPath(fileSystem, names()[names().length - 1]);
    }

    @Override public Path getParent() {
        int slash = text.lastIndexOf('/');
        if (slash < 0 || text.equals("/")) {
            return null;
        }
        return new CloudPath(fileSystem, slash == 0 ? "/" : text.substring(0, slash));
    }

    @Override public int getNameCount() {
        return names().length;
    }

    @Override public Path getName(int index) {
        if (index < 0 || index >= names().length) {
            throw new IllegalArgumentException("name " + index + " of " + names().length);
        }
        return new CloudPath(fileSystem, names()[index]);
    }

    @Override public Path subpath(int begin, int end) {
        if (begin < 0 || end > names().length || begin >= end) {
            throw new IllegalArgumentException("names " + begin + " to " + end + " of " + names().length);
        }
        return make(false, Arrays.asList(names()).subList(begin, end));
    }

    @Override public boolean startsWith(Path other) {
        if (!(other instanceof CloudPath o) || o.isAbsolute() != isAbsolute() || o.fileSystem != fileSystem) {
            return false;
        }
        if (o.text.isEmpty() || text.isEmpty()) {
            return o.text.equals(text);
        }
        String[] theirs = o.names();
        return theirs.length <= names().length && Arrays.equals(theirs, Arrays.copyOf(names(), theirs.length));
    }

    @Override public boolean endsWith(Path other) {
        if (!(other instanceof CloudPath o) || o.fileSystem != fileSystem) {
            return false;
        }
        if (o.isAbsolute() || o.text.isEmpty() || text.isEmpty()) {
            return o.text.equals(text);
        }
        String[] theirs = o.names();
        int from = names().length - theirs.length;
        return from >= 0 && Arrays.equals(theirs, Arrays.copyOfRange(names(), from, names().length));
    }

    @Override public Path normalize() {
        List<String> kept = new ArrayList<>();
        for (String name : names()) {
            boolean up = name.equals("..");
            if (up && !kept.isEmpty() && !kept.getLast().equals("..")) {
                kept.removeLast();
            } else if (!name.equals(".") && !(up && isAbsolute())) {
                kept.add(name);
            }
        }
        return make(isAbsolute(), kept);
    }

    @Override public Path resolve(Path other) {
        CloudPath o = of(other);
        if (o.isAbsolute()) {
            return o;
        }
        if (o.text.isEmpty()) {
            return this;
        }
        return text.isEmpty() ? o : new CloudPath(fileSystem, text.equals("/") ? "/" + o.text : text + "/" + o.text);
    }

    @Override public Path relativize(Path other) {
        CloudPath o = of(other);
        if (o.isAbsolute() != isAbsolute()) {
            throw new IllegalArgumentException(other + " from " + this + ": one is absolute, the other is not");
        }
        if (text.isEmpty()) {
            return o;
        }
        CloudPath base = (CloudPath) normalize(), target = (CloudPath) o.normalize();
        String[] from = base.text.isEmpty() ? new String[0] : base.names(), to = target.text.isEmpty() ? new String[0] : target.names();
        int common = 0;
        while (common < from.length && common < to.length && from[common].equals(to[common])) {
            common++;
        }
        List<String> parts = new ArrayList<>();
        for (int i = common; i < from.length; i++) {
            if (from[i].equals("..")) {
                throw new IllegalArgumentException(other + " from " + this + ": it can't be known where .. leads");
            }
            parts.add("..");
        }
        parts.addAll(Arrays.asList(to).subList(common, to.length));
        return make(false, parts);
    }

    @Override public URI toUri() {
        try {
            return new URI(CloudProvider.SCHEME, null, toAbsolutePath().toString(), null);
        } catch (URISyntaxException e) {
            throw new AssertionError("every path has a URI: " + this, e);
        }
    }

    @Override public Path toAbsolutePath() {
        return isAbsolute() ? this : new CloudPath(fileSystem, vfs());
    }

    @Override public Path toRealPath(LinkOption... options) throws IOException {
        if (List.of(options).contains(LinkOption.NOFOLLOW_LINKS)) {
            return fileSystem.provider().realWithLinks(this);
        }
        return new CloudPath(fileSystem, fileSystem.call(this, (vfs, who) -> vfs.real(who, 0, vfs())));
    }

    @Override public WatchKey register(WatchService watcher, WatchEvent.Kind<?>[] events, WatchEvent.Modifier... modifiers) throws IOException {
        if (!(Objects.requireNonNull(watcher) instanceof CloudWatches own)) {
            throw new ProviderMismatchException("a watch service of another provider");
        }
        return own.register(this, events);
    }

    @Override public int compareTo(Path other) {
        return text.compareTo(((CloudPath) other).text);
    }

    @Override public boolean equals(Object other) {
        return other instanceof CloudPath o && o.text.equals(text) && o.fileSystem == fileSystem;
    }

    @Override public int hashCode() {
        return text.hashCode();
    }

    @Override public String toString() {
        return text;
    }
}
