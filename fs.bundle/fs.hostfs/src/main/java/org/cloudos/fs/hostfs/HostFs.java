package org.cloudos.fs.hostfs;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Names;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.Space;
import org.cloudos.fs.VolumeInfo;

/** A folder of the machine. Each operation opens what it works on beneath the folder, see {@link HostNodes}. */
final class HostFs implements FileSystem {
    private static final String ATTRIBUTES = "unix:mode,ino,dev,rdev,nlink,uid,gid,size,lastModifiedTime,lastAccessTime,creationTime,ctime";
    private static final int PIECE = 1 << 20;

    private final UUID id;
    private final String folder;
    private final boolean readOnly;
    private final HostNodes nodes;
    private final HostExtended extended;

    HostFs(UUID id, String folder, boolean readOnly, HostNodes nodes) {
        this.id = id;
        this.folder = folder;
        this.readOnly = readOnly;
        this.nodes = nodes;
        this.extended = new HostExtended(nodes);
    }

    UUID id() {
        return id;
    }

    HostNodes nodes() {
        return nodes;
    }

    Object[] state() {
        return new Object[] {id.toString(), folder, readOnly, nodes.state()};
    }

    private void checkWritable() throws FsException {
        if (readOnly) {
            throw new Refused(Errno.EROFS, folder);
        }
    }

    @Override public VolumeInfo info() {
        return new VolumeInfo(id, "hostfs", folder, readOnly, Long.MAX_VALUE,
                Set.of(VolumeInfo.Feature.EXTENDED_ATTRIBUTES, VolumeInfo.Feature.CHANGES_BY_ITSELF));
    }

    @Override public Space space() throws FsException {
        return nodes.use(ROOT, path -> {
            FileStore store = Files.getFileStore(path);
            return new Space(store.getTotalSpace(), store.getUnallocatedSpace(), store.getUsableSpace(), 0, 0, (int) store.getBlockSize());
        });
    }

    // ---- attributes

    private static long nanos(Object time) {
        Instant instant = ((FileTime) time).toInstant();
        return instant.getEpochSecond() * 1_000_000_000L + instant.getNano();
    }

    /** The medium's space is not told by the JDK: a file's size stands for it. */
    private static Attributes attributes(HostNodes.Node node, Path path) {
        try {
            Map<String, Object> a = Files.readAttributes(path, ATTRIBUTES);
            int mode = (Integer) a.get("mode");
            long size = (Long) a.get("size"), device = (Long) a.get("rdev");
            return new Attributes(node.number, 1, NodeType.of(mode), mode & 07777, (Integer) a.get("nlink"), (Integer) a.get("uid"),
                    (Integer) a.get("gid"), (int) device, size, NodeType.of(mode) == NodeType.FILE ? size : 0, nanos(a.get("lastAccessTime")),
                    nanos(a.get("lastModifiedTime")), nanos(a.get("ctime")), nanos(a.get("creationTime")), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override public Attributes attributes(long node) throws FsException {
        HostNodes.Node known = nodes.get(node);
        try {
            return nodes.use(node, path -> attributes(known, path));
        } catch (UncheckedIOException e) {
            throw HostErrors.told(e.getCause(), "node " + node);
        }
    }

    @Override public Attributes lookup(long in, String name) throws FsException {
        Names.check(name);
        try {
            return nodes.lookup(in, name, HostFs::attributes);
        } catch (UncheckedIOException e) {
            throw HostErrors.told(e.getCause(), name);
        }
    }

    @Override public long parent(long of) throws FsException {
        if (!attributes(of).isFolder()) {
            throw new Refused(Errno.ENOTDIR, "node " + of);
        }
        return nodes.get(of).parent;
    }

    @Override public Attributes set(long node, AttributeChange change) throws FsException {
        checkWritable();
        if (change.size() != null) {
            resize(node, change.size());
        }
        nodes.use(node, path -> {
            if (change.uid() != null) {
                Files.setAttribute(path, "unix:uid", change.uid());
            }
            if (change.gid() != null) {
                Files.setAttribute(path, "unix:gid", change.gid());
            }
            if (change.mode() != null) {
                Files.setAttribute(path, "unix:mode", change.mode() & 07777);
            }
            if (change.accessed() != null) {
                Files.setAttribute(path, "lastAccessTime", time(change.accessed()));
            }
            if (change.modified() != null) {
                Files.setAttribute(path, "lastModifiedTime", time(change.modified()));
            }
            return null;
        });
        return attributes(node);
    }

    private static FileTime time(long nanos) {
        return FileTime.from(nanos == AttributeChange.NOW ? Instant.now()
                : Instant.ofEpochSecond(Math.floorDiv(nanos, 1_000_000_000L), Math.floorMod(nanos, 1_000_000_000L)));
    }

    private void resize(long node, long size) throws FsException {
        checkFile(node);
        if (size < 0) {
            throw new Refused(Errno.EINVAL, "size " + size);
        }
        nodes.use(node, path -> {
            try (RandomAccessFile file = new RandomAccessFile(path.toString(), "rw")) {
                file.setLength(size);
            }
            return null;
        });
    }

    private void checkFile(long node) throws FsException {
        Attributes a = attributes(node);
        if (a.type() != NodeType.FILE) {
            throw new Refused(a.isFolder() ? Errno.EISDIR : Errno.EINVAL, "contents of node " + node);
        }
    }

    // ---- names

    @Override public Attributes create(long in, String name, NewNode what) throws FsException {
        checkWritable();
        Names.check(name);
        nodes.useName(in, name, path -> {
            switch (what.type()) {
                case FILE -> Files.createFile(path);
                case FOLDER -> Files.createDirectory(path);
                case LINK -> Files.createSymbolicLink(path, Path.of(what.target()));
                default -> throw new Refused(Errno.EOPNOTSUPP, what.type() + " \"" + name + "\" in a folder of the machine");
            }
            return null;
        });
        Attributes made = lookup(in, name);
        if (made == null) {
            throw new Refused(Errno.ENOENT, "\"" + name + "\", which somebody removed at once");
        }
        return what.type() == NodeType.LINK ? made : owned(made, what);
    }

    private Attributes owned(Attributes made, NewNode what) throws FsException {
        nodes.use(made.node(), path -> {
            if (made.uid() != what.uid() || made.gid() != what.gid()) {
                try {
                    Files.setAttribute(path, "unix:uid", what.uid());
                    Files.setAttribute(path, "unix:gid", what.gid());
                } catch (IOException e) {
                    // Only the machine's superuser gives files away: it stays the owner's of this process.
                }
            }
            Files.setAttribute(path, "unix:mode", what.mode());
            return null;
        });
        for (Map.Entry<String, byte[]> e : what.extended().entrySet()) {
            setExtended(made.node(), e.getKey(), e.getValue(), ExtendedMode.SET);
        }
        return attributes(made.node());
    }

    @Override public Attributes createNameless(long in, NewNode what) throws FsException {
        throw new Refused(Errno.EOPNOTSUPP, "a nameless file in a folder of the machine");
    }

    @Override public Attributes link(long node, long in, String name) throws FsException {
        checkWritable();
        Names.check(name);
        HostNodes.Node known = nodes.get(node);
        if (attributes(node).isFolder()) {
            throw new Refused(Errno.EPERM, "another name for folder " + node);
        }
        nodes.useName(in, name, to -> nodes.useName(known.parent, known.name, from -> Files.createLink(to, from)));
        return attributes(node);
    }

    @Override public void remove(long in, String name, boolean folderWanted) throws FsException {
        checkWritable();
        Names.check(name);
        Attributes there = lookup(in, name);
        if (there == null) {
            throw new Refused(Errno.ENOENT, "\"" + name + "\" in node " + in);
        }
        if (there.isFolder() != folderWanted) {
            throw new Refused(folderWanted ? Errno.ENOTDIR : Errno.EISDIR, "removal of \"" + name + "\"");
        }
        HostNodes.Node node = nodes.get(there.node());
        nodes.useName(in, name, path -> {
            Files.delete(path);
            return null;
        });
        if (folderWanted || there.links() <= 1) {
            nodes.unlinked(node);
        }
    }

    @Override public void rename(long from, String name, long to, String toName, RenameMode mode) throws FsException {
        checkWritable();
        Names.check(name);
        Names.check(toName);
        if (mode == RenameMode.EXCHANGE) {
            throw new Refused(Errno.EOPNOTSUPP, "exchange of names in a folder of the machine");
        }
        Attributes moved = lookup(from, name), there = lookup(to, toName);
        if (moved == null) {
            throw new Refused(Errno.ENOENT, "\"" + name + "\" in node " + from);
        }
        if (there != null && mode == RenameMode.NO_REPLACE) {
            throw new Refused(Errno.EEXIST, "\"" + toName + "\" in node " + to);
        }
        HostNodes.Node replaced = there == null || there.node() == moved.node() ? null : nodes.get(there.node());
        nodes.useName(from, name, source -> nodes.useName(to, toName, target -> Files.move(source, target, StandardCopyOption.ATOMIC_MOVE)));
        if (replaced != null && (there.isFolder() || there.links() <= 1)) {
            nodes.unlinked(replaced);
        }
        HostNodes.Node node = nodes.get(moved.node());
        node.parent = to;
        node.name = toName;
    }

    @Override public String target(long link) throws FsException {
        HostNodes.Node known = nodes.get(link);
        if (attributes(link).type() != NodeType.LINK) {
            throw new Refused(Errno.EINVAL, "target of node " + link + ", which is no link");
        }
        return nodes.useName(known.parent, known.name, path -> Files.readSymbolicLink(path).toString());
    }

    /** In the order of the names' hashes, which are the cookies: so a walk goes on where it was whatever happened meanwhile. */
    @Override public void list(long in, long cookie, EntrySink sink) throws FsException {
        TreeMap<Long, String> names = new TreeMap<>();
        nodes.use(in, path -> {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(path)) {
                for (Path entry : entries) {
                    long hash = hash(entry.getFileName().toString());
                    while (names.putIfAbsent(hash, entry.getFileName().toString()) != null) {
                        hash++;
                    }
                }
            }
            return null;
        });
        for (Map.Entry<Long, String> entry : names.tailMap(cookie, false).entrySet()) {
            Attributes a = lookup(in, entry.getValue());
            if (a != null && !sink.entry(entry.getValue(), a.node(), a.type(), entry.getKey())) {
                return;
            }
        }
    }

    private static long hash(String name) {
        long hash = 1125899906842597L;
        for (int i = 0; i < name.length(); i++) {
            hash = 31 * hash + name.charAt(i);
        }
        return (hash * 0x9E3779B97F4A7C15L >>> 1) | 1;
    }

    // ---- contents

    private static ByteBuffer piece(MemorySegment memory, long done) {
        return memory.asSlice(done, Math.min(PIECE, memory.byteSize() - done)).asByteBuffer();
    }

    @Override public long read(long node, long offset, MemorySegment into) throws FsException {
        checkFile(node);
        if (offset < 0) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        return nodes.channel(node, false, channel -> {
            long done = 0;
            while (done < into.byteSize()) {
                int read = channel.read(piece(into, done), offset + done);
                if (read <= 0) {
                    break;
                }
                done += read;
            }
            return done;
        });
    }

    @Override public long write(long node, long offset, MemorySegment from) throws FsException {
        checkWritable();
        checkFile(node);
        if (offset < 0) {
            throw new Refused(Errno.EINVAL, "offset " + offset);
        }
        if (offset > Long.MAX_VALUE - from.byteSize()) {
            throw new Refused(Errno.EFBIG, from.byteSize() + " bytes at " + offset);
        }
        return nodes.channel(node, true, channel -> writeAll(channel, offset, from));
    }

    private static long writeAll(FileChannel channel, long offset, MemorySegment from) throws IOException {
        long done = 0;
        while (done < from.byteSize()) {
            done += channel.write(piece(from, done), offset + done);
        }
        return done;
    }

    /** In a row with other appends here; with the machine's other programs it is not. */
    @Override public long append(long node, MemorySegment from) throws FsException {
        checkWritable();
        checkFile(node);
        HostNodes.Node known = nodes.get(node);
        return nodes.channel(node, true, channel -> {
            synchronized (known) {
                long end = channel.size();
                writeAll(channel, end, from);
                return end;
            }
        });
    }

    @Override public void allocate(long node, long offset, long length, AllocateMode mode) throws FsException {
        throw new Refused(Errno.EOPNOTSUPP, mode + " in a folder of the machine");
    }

    @Override public long seek(long node, long offset, SeekMode mode) throws FsException {
        long size = attributes(node).size();
        if (offset < 0 || offset >= size) {
            throw new Refused(Errno.ENXIO, "offset " + offset + " of " + size);
        }
        return mode == SeekMode.DATA ? offset : size;
    }

    @Override public long copy(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        checkWritable();
        checkFile(node);
        checkFile(toNode);
        if (offset < 0 || toOffset < 0 || length < 0 || node == toNode && offset < toOffset + length && toOffset < offset + length) {
            throw new Refused(Errno.EINVAL, "copy of " + length + " bytes from " + offset + " to " + toOffset);
        }
        return nodes.channel(node, false, from -> nodes.channel(toNode, true, to -> {
            long end = Math.min(length, Math.max(0, from.size() - offset)), done = 0;
            ByteBuffer piece = ByteBuffer.allocateDirect((int) Math.max(1, Math.min(PIECE, end)));
            while (done < end) {
                piece.clear().limit((int) Math.min(piece.capacity(), end - done));
                if (from.read(piece, offset + done) <= 0) {
                    break;
                }
                piece.flip();
                while (piece.hasRemaining()) {
                    done += to.write(piece, toOffset + done);
                }
            }
            return done;
        }));
    }

    @Override public void share(long node, long offset, long toNode, long toOffset, long length) throws FsException {
        throw new Refused(Errno.EOPNOTSUPP, "shared blocks in a folder of the machine");
    }

    @Override public void sync(long node, boolean dataOnly) throws FsException {
        if (attributes(node).type() == NodeType.FILE) {
            nodes.channel(node, !readOnly, channel -> {
                channel.force(!dataOnly);
                return null;
            });
        }
    }

    @Override public void sync() throws FsException {
        nodes.force();
    }

    // ---- extended attributes

    @Override public byte[] extended(long node, String name) throws FsException {
        return extended.get(node, name);
    }

    @Override public void setExtended(long node, String name, byte[] value, ExtendedMode mode) throws FsException {
        checkWritable();
        extended.set(node, name, value, mode);
    }

    @Override public void removeExtended(long node, String name) throws FsException {
        checkWritable();
        extended.remove(node, name);
    }

    @Override public List<String> extendedNames(long node) throws FsException {
        return attributes(node).type() == NodeType.LINK ? List.of() : extended.names(node);
    }

    @Override public void hold(long node) throws FsException {
        nodes.hold(node);
    }

    @Override public void drop(long node, long count) {
        nodes.drop(node, count);
    }
}
