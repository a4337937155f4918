package org.cloudos.fs.hostfs;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.linux.file.LinuxFolders;

/**
 * Numbers of files: what was seen gets one, and where it was seen is kept. It is opened anew, from the root on and never through a link,
 * each time that it is used, and must be the same file still; one that is held stays open.
 */
final class HostNodes {
    private record Identity(long device, long inode) { }

    /** A file that was seen. Guarded by itself. */
    static final class Node {
        final long number;
        final Identity identity;
        volatile long parent;
        volatile String name;
        private long holds;
        private LinuxFolders.Place pinned;
        private FileChannel reader, writer;

        Node(long number, Identity identity) {
            this.number = number;
            this.identity = identity;
        }
    }

    /** What is done with an open place. */
    @FunctionalInterface
    interface Use<T> {
        T of(Path path) throws IOException;
    }

    private final LinuxFolders.Place root;
    private final Map<Long, Node> nodes = new ConcurrentHashMap<>();
    private final Map<Identity, Node> byIdentity = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(FileSystem.ROOT + 1);

    HostNodes(LinuxFolders.Place root) throws IOException {
        this.root = root;
        Node top = new Node(FileSystem.ROOT, identity(Path.of(root.path())));
        top.parent = FileSystem.ROOT;
        top.name = "";
        nodes.put(top.number, top);
        byIdentity.put(top.identity, top);
    }

    private static Identity identity(Path path) throws IOException {
        Map<String, Object> a = Files.readAttributes(path, "unix:dev,ino");
        return new Identity((Long) a.get("dev"), (Long) a.get("ino"));
    }

    /** The node of an open place, which has this name. */
    Node seen(Path place, long parent, String name) throws IOException {
        Node node = byIdentity.computeIfAbsent(identity(place), i -> {
            Node made = new Node(next.getAndIncrement(), i);
            nodes.put(made.number, made);
            return made;
        });
        if (node.number != FileSystem.ROOT) {
            node.parent = parent;
            node.name = name;
        }
        return node;
    }

    Node get(long number) throws FsException {
        Node node = nodes.get(number);
        if (node == null) {
            throw new FsException.Refused(Errno.ENOENT, "node " + number);
        }
        return node;
    }

    private String relative(Node node) throws FsException {
        StringBuilder path = new StringBuilder();
        for (Node at = node; at.number != FileSystem.ROOT; at = get(at.parent)) {
            path.insert(0, path.isEmpty() ? at.name : at.name + "/");
            if (path.length() > 1 << 16) {
                throw new FsException.Refused(Errno.ELOOP, "node " + node.number);
            }
        }
        return path.isEmpty() ? "." : path.toString();
    }

    private LinuxFolders.Place open(Node node) throws IOException {
        LinuxFolders.Place place = root.open(relative(node));
        if (!identity(Path.of(place.path())).equals(node.identity)) {
            place.close();
            throw new FsException.Refused(Errno.ENOENT, "node " + node.number + ", whose name another file has by now");
        }
        return place;
    }

    /** Uses a file by a path that leads to it and nowhere else. */
    <T> T use(long number, Use<T> use) throws FsException {
        Node node = get(number);
        try {
            LinuxFolders.Place held;
            synchronized (node) {
                held = node.pinned;
            }
            if (held != null) {
                return use.of(Path.of(held.path()));
            }
            try (LinuxFolders.Place place = open(node)) {
                return use.of(Path.of(place.path()));
            }
        } catch (IOException e) {
            throw HostErrors.told(e, "node " + number + " (" + node.name + ")");
        }
    }

    /** Uses a name in a folder. */
    <T> T useName(long folder, String name, Use<T> use) throws FsException {
        return use(folder, path -> {
            if (!Files.isDirectory(path)) {
                throw new FsException.Refused(Errno.ENOTDIR, "node " + folder);
            }
            return use.of(path.resolve(name));
        });
    }

    /** Looks a name up. @return null when it is not there */
    <T> T lookup(long folder, String name, java.util.function.BiFunction<Node, Path, T> found) throws FsException {
        return use(folder, path -> {
            if (!Files.isDirectory(path)) {
                throw new FsException.Refused(Errno.ENOTDIR, "node " + folder);
            }
            try (LinuxFolders.Place parent = root.open(relative(get(folder))); LinuxFolders.Place place = parent.open(name)) {
                Path at = Path.of(place.path());
                return found.apply(seen(at, folder, name), at);
            } catch (IOException e) {
                FsException told = HostErrors.told(e, name);
                if (told.errno() == Errno.ENOENT) {
                    return null;
                }
                throw told;
            }
        });
    }

    /** Uses an open file; one that is held stays open for the next time. */
    <T> T channel(long number, boolean writes, IoUse<T> use) throws FsException {
        Node node = get(number);
        FileChannel kept;
        synchronized (node) {
            kept = writes ? node.writer : node.reader;
        }
        if (kept == null) {
            return use(number, path -> {
                FileChannel opened = FileChannel.open(path, writes ? StandardOpenOption.WRITE : StandardOpenOption.READ);
                boolean keeps;
                synchronized (node) {
                    keeps = node.holds > 0 && (writes ? node.writer : node.reader) == null;
                    if (keeps && writes) {
                        node.writer = opened;
                    } else if (keeps) {
                        node.reader = opened;
                    }
                }
                try {
                    return use.of(opened);
                } finally {
                    if (!keeps) {
                        opened.close();
                    }
                }
            });
        }
        try {
            return use.of(kept);
        } catch (IOException e) {
            throw HostErrors.told(e, "node " + number + " (" + node.name + ")");
        }
    }

    /** What is done with an open file. */
    @FunctionalInterface
    interface IoUse<T> {
        T of(FileChannel channel) throws IOException;
    }

    void hold(long number) throws FsException {
        Node node = get(number);
        synchronized (node) {
            if (node.pinned == null) {
                try {
                    node.pinned = open(node);
                } catch (IOException e) {
                    throw HostErrors.told(e, "node " + number);
                }
            }
            node.holds++;
        }
    }

    void drop(long number, long count) {
        Node node = nodes.get(number);
        if (node == null) {
            return;
        }
        synchronized (node) {
            node.holds = Math.max(0, node.holds - count);
            if (node.holds == 0) {
                release(node);
            }
        }
    }

    private static void release(Node node) {
        for (FileChannel channel : new FileChannel[] {node.reader, node.writer}) {
            try {
                if (channel != null) {
                    channel.close();
                }
            } catch (IOException e) {
                // What was written was told when it was; nothing is kept here.
            }
        }
        node.reader = null;
        node.writer = null;
        if (node.pinned != null) {
            node.pinned.close();
            node.pinned = null;
        }
    }

    /** A name went: the number stays only while somebody holds it, or another name is known. */
    void unlinked(Node node) {
        synchronized (node) {
            if (node.holds == 0 && node.number != FileSystem.ROOT) {
                nodes.remove(node.number, node);
                byIdentity.remove(node.identity, node);
            } else {
                byIdentity.remove(node.identity, node); // the inode's number may be another file's soon
            }
        }
    }

    void force() throws FsException {
        for (Node node : nodes.values()) {
            FileChannel writer;
            synchronized (node) {
                writer = node.writer;
            }
            try {
                if (writer != null && writer.isOpen()) {
                    writer.force(true);
                }
            } catch (IOException e) {
                throw HostErrors.told(e, "node " + node.number);
            }
        }
    }

    boolean isHeld() {
        return nodes.values().stream().anyMatch(n -> {
            synchronized (n) {
                return n.holds > 0;
            }
        });
    }

    void close() {
        for (Node node : nodes.values()) {
            synchronized (node) {
                release(node);
            }
        }
        root.close();
    }

    // ---- hand-over

    /** For each number: parent, name, device, inode, holds. */
    Map<Long, Object[]> state() {
        Map<Long, Object[]> all = new TreeMap<>();
        nodes.forEach((number, n) -> {
            synchronized (n) {
                all.put(number, new Object[] {n.parent, n.name, n.identity.device, n.identity.inode, n.holds});
            }
        });
        return all;
    }

    void restore(Map<Long, Object[]> all) {
        all.forEach((number, raw) -> {
            if (number != FileSystem.ROOT) {
                Node node = new Node(number, new Identity((Long) raw[2], (Long) raw[3]));
                node.parent = (Long) raw[0];
                node.name = (String) raw[1];
                nodes.put(number, node);
                byIdentity.putIfAbsent(node.identity, node);
                next.accumulateAndGet(number + 1, Math::max);
            }
        });
        all.forEach((number, raw) -> {
            for (long i = 0; i < (Long) raw[4]; i++) {
                try {
                    hold(number);
                } catch (FsException e) {
                    return; // removed while it was open: it can't be opened a second time
                }
            }
        });
    }
}
