package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.ClosedFileSystemException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.WatchService;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.Vfs;

/** The VFS's first namespace, as its caller sees it. It can't be closed. */
final class CloudFileSystem extends FileSystem {
    /** What asks the VFS. */
    @FunctionalInterface
    interface Call<T> {
        T of(Vfs vfs, Caller who) throws FsException;
    }

    private final CloudProvider provider;
    private final Supplier<Vfs> vfs;
    private final Caller who;

    CloudFileSystem(CloudProvider provider, Supplier<Vfs> vfs, Caller who) {
        this.provider = provider;
        this.vfs = vfs;
        this.who = who;
    }

    Vfs vfs() {
        Vfs now = vfs.get();
        if (now == null) {
            throw new ClosedFileSystemException();
        }
        return now;
    }

    Caller who() {
        return who;
    }

    /** Asks, and tells a refusal as {@code java.nio.file} does. */
    <T> T call(Path about, Call<T> call) throws IOException {
        return call(about, null, call);
    }

    <T> T call(Path about, Path other, Call<T> call) throws IOException {
        try {
            return call.of(vfs(), who);
        } catch (FsException e) {
            throw told(e, about, other);
        }
    }

    static IOException told(FsException e, Path about, Path other) {
        String file = about.toString(), second = other == null ? null : other.toString();
        FileSystemException told = switch (e.errno()) {
            case ENOENT -> new NoSuchFileException(file, second, null);
            case EEXIST -> new FileAlreadyExistsException(second == null ? file : second);
            case ENOTEMPTY -> new DirectoryNotEmptyException(second == null ? file : second);
            case EACCES -> new AccessDeniedException(file, second, null);
            default -> new FileSystemException(file, second, Character.toUpperCase(e.errno().meaning().charAt(0)) + e.errno().meaning().substring(1));
        };
        told.initCause(e);
        return told;
    }

    @Override public CloudProvider provider() {
        return provider;
    }

    @Override public void close() {
        throw new UnsupportedOperationException("the system's files stay");
    }

    @Override public boolean isOpen() {
        return true;
    }

    @Override public boolean isReadOnly() {
        return false;
    }

    @Override public String getSeparator() {
        return "/";
    }

    @Override public Iterable<Path> getRootDirectories() {
        return List.of(getPath("/"));
    }

    @Override public Iterable<FileStore> getFileStores() {
        List<FileStore> stores = new ArrayList<>();
        try {
            for (MountInfo mount : vfs().mounts(who.namespace())) {
                if (mount.available()) {
                    stores.add(new CloudStore(this, mount));
                }
            }
        } catch (FsException e) {
            return List.of(); // the namespace ended
        }
        return stores;
    }

    @Override public Set<String> supportedFileAttributeViews() {
        return Set.of("basic", "posix", "owner", "unix", "user");
    }

    @Override public Path getPath(String first, String... more) {
        String text = more.length == 0 ? first
                : String.join("/", java.util.stream.Stream.concat(java.util.stream.Stream.of(first), java.util.stream.Stream.of(more))
                        .filter(s -> !s.isEmpty()).toList());
        return CloudPath.of(this, text);
    }

    /** The patterns are the JDK's own: its matchers look at names only, and a path here is one there. */
    @Override public PathMatcher getPathMatcher(String syntaxAndPattern) {
        PathMatcher matcher = FileSystems.getDefault().getPathMatcher(syntaxAndPattern);
        return path -> matcher.matches(Path.of(path.toString()));
    }

    @Override public UserPrincipalLookupService getUserPrincipalLookupService() {
        return new Principals();
    }

    @Override public WatchService newWatchService() {
        return new CloudWatches(this);
    }
}
