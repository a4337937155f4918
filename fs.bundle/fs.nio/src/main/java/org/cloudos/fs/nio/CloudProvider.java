package org.cloudos.fs.nio;

import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.AccessMode;
import java.nio.file.CopyOption;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.FileSystem;
import java.nio.file.FileSystemAlreadyExistsException;
import java.nio.file.LinkOption;
import java.nio.file.NotDirectoryException;
import java.nio.file.NotLinkException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributeView;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileOwnerAttributeView;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.nio.file.spi.FileSystemProvider;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;

/** The provider of the scheme {@code cloudos}. Its one file system is the VFS, as the system itself sees it. */
public final class CloudProvider extends FileSystemProvider {
    /** Of URIs. */
    public static final String SCHEME = "cloudos";
    private final CloudFileSystem fileSystem;

    /** For the JDK, which makes one when it looks for providers. */
    public CloudProvider() {
        this(() -> Binding.vfs, Caller.SYSTEM);
    }

    CloudProvider(Supplier<Vfs> vfs, Caller who) {
        fileSystem = new CloudFileSystem(this, vfs, who);
    }

    CloudFileSystem fileSystem() {
        return fileSystem;
    }

    @Override public String getScheme() {
        return SCHEME;
    }

    @Override public FileSystem newFileSystem(URI uri, Map<String, ?> env) {
        check(uri);
        throw new FileSystemAlreadyExistsException(uri.toString());
    }

    @Override public FileSystem getFileSystem(URI uri) {
        check(uri);
        return fileSystem;
    }

    private static void check(URI uri) {
        boolean own = SCHEME.equalsIgnoreCase(uri.getScheme()) && uri.getAuthority() == null && uri.getQuery() == null && uri.getFragment() == null
                && uri.getPath() != null && uri.getPath().startsWith("/");
        if (!own) {
            throw new IllegalArgumentException("URI: expected one such as cloudos:///data/file, found " + uri);
        }
    }

    @Override public Path getPath(URI uri) {
        check(uri);
        return CloudPath.of(fileSystem, uri.getPath());
    }

    // ---- opening

    @Override public SeekableByteChannel newByteChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
            throws IOException {
        return newFileChannel(path, options, attributes);
    }

    @Override public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) throws IOException {
        CloudPath own = CloudPath.of(path);
        boolean append = options.contains(StandardOpenOption.APPEND), write = append || options.contains(StandardOpenOption.WRITE);
        boolean read = options.contains(StandardOpenOption.READ) || !write;
        if (append && (options.contains(StandardOpenOption.READ) || options.contains(StandardOpenOption.TRUNCATE_EXISTING))) {
            throw new IllegalArgumentException((options.contains(StandardOpenOption.READ) ? "READ" : "TRUNCATE_EXISTING") + " with APPEND");
        }
        Set<OpenFlag> flags = flags(options, read, write, append);
        int mode = mode(attributes, 0666);
        boolean asked = attributes.length > 0;
        long handle = own.cloud().call(path, (vfs, who) -> vfs.open(asked ? who.withUmask(0) : who, 0, own.vfs(), new OpenHow(flags, mode)));
        return new CloudChannel(own.cloud(), path, handle, read, write, append,
                options.contains(StandardOpenOption.DELETE_ON_CLOSE) ? path : null);
    }

    private static Set<OpenFlag> flags(Set<? extends OpenOption> options, boolean read, boolean write, boolean append) {
        Set<OpenFlag> flags = EnumSet.noneOf(OpenFlag.class);
        if (read) flags.add(OpenFlag.READ);
        if (write) flags.add(OpenFlag.WRITE);
        if (append) flags.add(OpenFlag.APPEND);
        for (OpenOption option : options) {
            switch (option) {
                case LinkOption link -> flags.add(OpenFlag.NO_FOLLOW);
                case StandardOpenOption standard -> {
                    switch (standard) {
                        case CREATE -> flags.add(OpenFlag.CREATE);
                        case CREATE_NEW -> flags.addAll(List.of(OpenFlag.CREATE, OpenFlag.EXCLUSIVE));
                        case TRUNCATE_EXISTING -> flags.add(OpenFlag.TRUNCATE);
                        case SYNC -> flags.add(OpenFlag.SYNC);
                        case DSYNC -> flags.add(OpenFlag.DATA_SYNC);
                        case DELETE_ON_CLOSE -> flags.add(OpenFlag.NO_FOLLOW);
                        default -> { } // read above, or no difference
                    }
                }
                case null -> throw new NullPointerException("an option");
                default -> {
                    if (!option.toString().equals("DIRECT")) {
                        throw new UnsupportedOperationException(option + " is no option of this provider");
                    }
                    flags.add(OpenFlag.DIRECT);
                }
            }
        }
        if (options.contains(StandardOpenOption.CREATE_NEW)) {
            flags.remove(OpenFlag.NO_FOLLOW); // a new file is no link
        }
        if (!write) {
            flags.removeAll(Set.of(OpenFlag.CREATE, OpenFlag.EXCLUSIVE, OpenFlag.TRUNCATE));
        }
        return flags;
    }

    @SuppressWarnings("unchecked")
    private static int mode(FileAttribute<?>[] attributes, int otherwise) {
        int mode = otherwise;
        for (FileAttribute<?> attribute : attributes) {
            if (!attribute.name().equals("posix:permissions")) {
                throw new UnsupportedOperationException("attribute " + attribute.name() + " of a new file");
            }
            mode = CloudAttributes.mode((Set<PosixFilePermission>) attribute.value());
        }
        return mode;
    }

    @Override public DirectoryStream<Path> newDirectoryStream(Path folder, DirectoryStream.Filter<? super Path> filter) throws IOException {
        java.util.Objects.requireNonNull(filter);
        return FolderStream.open(CloudPath.of(folder), filter);
    }

    // ---- making and removing

    @Override public void createDirectory(Path folder, FileAttribute<?>... attributes) throws IOException {
        CloudPath own = CloudPath.of(folder);
        int mode = mode(attributes, 0777);
        own.cloud().call(folder, (vfs, who) -> vfs.makeFolder(attributes.length > 0 ? who.withUmask(0) : who, 0, own.vfs(), mode));
    }

    @Override public void createSymbolicLink(Path link, Path target, FileAttribute<?>... attributes) throws IOException {
        if (attributes.length > 0) {
            throw new UnsupportedOperationException("attributes of a link");
        }
        CloudPath own = CloudPath.of(link);
        String text = CloudPath.of(target).toString();
        own.cloud().call(link, (vfs, who) -> vfs.makeLink(who, text, 0, own.vfs()));
    }

    @Override public void createLink(Path link, Path existing) throws IOException {
        CloudPath own = CloudPath.of(link), there = CloudPath.of(existing);
        own.cloud().call(link, existing, (vfs, who) -> {
            vfs.link(who, 0, there.vfs(), false, 0, own.vfs());
            return null;
        });
    }

    @Override public Path readSymbolicLink(Path link) throws IOException {
        CloudPath own = CloudPath.of(link);
        if (!attributes(own, false).isSymbolicLink()) {
            throw new NotLinkException(link.toString());
        }
        return CloudPath.of(fileSystem, own.cloud().call(link, (vfs, who) -> vfs.target(who, 0, own.vfs())));
    }

    @Override public void delete(Path path) throws IOException {
        CloudPath own = CloudPath.of(path);
        boolean folder = attributes(own, false).isDirectory();
        own.cloud().call(path, (vfs, who) -> {
            vfs.remove(who, 0, own.vfs(), folder);
            return null;
        });
    }

    @Override public void copy(Path source, Path target, CopyOption... options) throws IOException {
        new Transfers(CloudPath.of(source), CloudPath.of(target), options).copy();
    }

    @Override public void move(Path source, Path target, CopyOption... options) throws IOException {
        new Transfers(CloudPath.of(source), CloudPath.of(target), options).move();
    }

    // ---- asking

    CloudAttributes attributes(CloudPath path, boolean follow) throws IOException {
        return new CloudView(path, follow, "posix").readAttributes();
    }

    private static boolean follows(LinkOption... options) {
        return !List.of(options).contains(LinkOption.NOFOLLOW_LINKS);
    }

    /** The path without {@code .} and {@code ..}, with its links; the last name is there. */
    Path realWithLinks(CloudPath path) throws IOException {
        attributes(path, false);
        CloudPath absolute = (CloudPath) path.toAbsolutePath();
        Path parent = absolute.getParent();
        if (parent == null) {
            return absolute;
        }
        String last = absolute.getFileName().toString();
        if (last.equals(".") || last.equals("..")) {
            return absolute.normalize();
        }
        return parent.normalize().resolve(last);
    }

    @Override public boolean isSameFile(Path one, Path other) throws IOException {
        if (one.equals(other)) {
            return true;
        }
        if (!(other instanceof CloudPath second)) {
            return false;
        }
        return attributes(CloudPath.of(one), true).fileKey().equals(attributes(second, true).fileKey());
    }

    @Override public boolean isHidden(Path path) {
        Path name = CloudPath.of(path).getFileName();
        return name != null && name.toString().startsWith(".");
    }

    @Override public FileStore getFileStore(Path path) throws IOException {
        CloudPath own = CloudPath.of(path);
        return new CloudStore(own.cloud(), own.cloud().call(path, (vfs, who) -> vfs.mountOf(who, 0, own.vfs())));
    }

    @Override public void checkAccess(Path path, AccessMode... modes) throws IOException {
        CloudPath own = CloudPath.of(path);
        int wanted = 0;
        for (AccessMode mode : modes) {
            wanted |= switch (mode) {
                case READ -> 4;
                case WRITE -> 2;
                case EXECUTE -> 1;
            };
        }
        int all = wanted;
        own.cloud().call(path, (vfs, who) -> {
            vfs.access(who, 0, own.vfs(), all);
            return null;
        });
    }

    @Override public <V extends FileAttributeView> V getFileAttributeView(Path path, Class<V> type, LinkOption... options) {
        CloudPath own = CloudPath.of(path);
        FileAttributeView view = type == BasicFileAttributeView.class ? new CloudView(own, follows(options), "basic")
                : type == PosixFileAttributeView.class ? new CloudView(own, follows(options), "posix")
                : type == FileOwnerAttributeView.class ? new CloudView(own, follows(options), "owner")
                : type == UserDefinedFileAttributeView.class ? new UserView(own, follows(options)) : null;
        return type.cast(view);
    }

    @Override public <A extends BasicFileAttributes> A readAttributes(Path path, Class<A> type, LinkOption... options) throws IOException {
        if (type != BasicFileAttributes.class && type != PosixFileAttributes.class) {
            throw new UnsupportedOperationException(type.getName());
        }
        return type.cast(attributes(CloudPath.of(path), follows(options)));
    }

    @Override public Map<String, Object> readAttributes(Path path, String names, LinkOption... options) throws IOException {
        CloudPath own = CloudPath.of(path);
        String view = view(names), list = names.substring(names.indexOf(':') + 1);
        if (view.equals("user")) {
            Map<String, Object> all = new HashMap<>();
            UserView user = new UserView(own, follows(options));
            for (String name : list.equals("*") ? user.list() : List.of(list.split(","))) {
                all.put(name, user.value(name));
            }
            return all;
        }
        return new CloudView(own, follows(options), view).read(list);
    }

    private String view(String names) {
        String view = names.indexOf(':') < 0 ? "basic" : names.substring(0, names.indexOf(':'));
        if (!fileSystem.supportedFileAttributeViews().contains(view)) {
            throw new UnsupportedOperationException("view " + view);
        }
        return view;
    }

    @Override public void setAttribute(Path path, String name, Object value, LinkOption... options) throws IOException {
        CloudPath own = CloudPath.of(path);
        String view = view(name), attribute = name.substring(name.indexOf(':') + 1);
        if (view.equals("user")) {
            new UserView(own, follows(options)).write(attribute,
                    value instanceof byte[] bytes ? java.nio.ByteBuffer.wrap(bytes) : (java.nio.ByteBuffer) value);
        } else {
            new CloudView(own, follows(options), view).set(attribute, value);
        }
    }

    /** A folder, for a stream of its entries. */
    static void checkFolder(Attributes attributes, Path path) throws NotDirectoryException {
        if (!attributes.isFolder()) {
            throw new NotDirectoryException(path.toString());
        }
    }

    /** Times of a copy. */
    static AttributeChange times(Attributes of) {
        return new AttributeChange(of.mode(), of.uid(), of.gid(), null, of.accessed(), of.modified(), null);
    }
}
