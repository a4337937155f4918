package org.cloudos.fs.vfs.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.Mounts;
import org.cloudos.fs.vfs.Propagation;

/** The mounts of all namespaces: mount_namespaces(7). Changes hold the table's lock; walks read without. */
final class MountTable {
    private final Map<Long, Namespace> namespaces = new ConcurrentHashMap<>();
    /** By id. Guarded by this. */
    private final TreeMap<Long, Mount> mounts = new TreeMap<>();
    private long nextMount = 1, nextNamespace = Mounts.FIRST, nextPeers = 1;

    MountTable() {
        newNamespace();
    }

    private Namespace newNamespace() {
        Namespace made = new Namespace(nextNamespace++);
        namespaces.put(made.id, made);
        return made;
    }

    Namespace namespace(long id) throws FsException {
        Namespace found = namespaces.get(id);
        if (found == null) {
            throw new Refused(Errno.EINVAL, "namespace " + id);
        }
        return found;
    }

    List<Long> namespaces() {
        return namespaces.keySet().stream().sorted().toList();
    }

    synchronized Collection<Mount> all() {
        return List.copyOf(mounts.values());
    }

    synchronized Mount mount(long id) {
        return mounts.get(id);
    }

    synchronized boolean isMounted(Volume volume) {
        return mounts.values().stream().anyMatch(m -> m.volume == volume);
    }

    synchronized Mount root(Namespace namespace, Volume volume, String source, Set<MountFlag> flags) {
        Mount mount = new Mount(nextMount++, namespace, volume, FileSystem.ROOT, source, "/", flags);
        mount.path = "/";
        mounts.put(mount.id, mount);
        namespace.root = mount;
        return mount;
    }

    /** A mount at a place, and at the same place in the parent's peers. */
    synchronized Mount add(Mount parent, long point, String path, Volume volume, long root, String source, String rootPath,
            Set<MountFlag> flags) throws FsException {
        if (parent.ended) {
            throw new Refused(Errno.ENODEV, path);
        }
        Mount made = attach(parent, point, path, volume, root, source, rootPath, flags);
        if (parent.peers != 0) {
            share(made);
            for (Mount peer : peers(parent)) {
                if (reaches(peer, point)) {
                    Mount copy = attach(peer, point, seen(parent, path, peer), volume, root, source, rootPath, flags);
                    copy.peers = made.peers;
                    copy.propagation = Propagation.SHARED;
                }
            }
        }
        return made;
    }

    /** The path of what one mount shows at a path, as another mount of the same volume shows it. */
    private static String seen(Mount in, String path, Mount other) {
        String inVolume = join(in.rootPath, in.path.equals("/") ? path : path.substring(in.path.length()));
        return join(other.path, other.rootPath.equals("/") ? inVolume : inVolume.substring(other.rootPath.length()));
    }

    static String join(String folder, String rest) {
        return folder.equals("/") ? rest : folder + rest;
    }

    private List<Mount> peers(Mount of) {
        return mounts.values().stream().filter(m -> m != of && of.peers != 0 && m.peers == of.peers).toList();
    }

    /** Whether a node of the volume can be seen through a mount, which may show a part only. */
    private static boolean reaches(Mount mount, long node) throws FsException {
        FileSystem fs = mount.volume.fs();
        for (long at = node; at != mount.root; at = fs.parent(at)) {
            if (at == FileSystem.ROOT) {
                return false;
            }
        }
        return true;
    }

    private Mount attach(Mount parent, long point, String path, Volume volume, long root, String source, String rootPath, Set<MountFlag> flags) {
        Mount mount = new Mount(nextMount++, parent.namespace, volume, root, source, rootPath, flags);
        mount.parent = parent;
        mount.point = point;
        mount.path = path;
        mounts.put(mount.id, mount);
        parent.put(point, mount);
        return mount;
    }

    private void share(Mount mount) {
        mount.propagation = Propagation.SHARED;
        mount.peers = mount.peers == 0 ? nextPeers++ : mount.peers;
    }

    /** Copies what is mounted below one mount under another one of the same volume. */
    synchronized void copyBelow(Mount from, Mount to) throws FsException {
        for (Mount child : List.copyOf(from.children().values())) {
            if (child.propagation == Propagation.UNBINDABLE || !reaches(to, child.point)) {
                continue;
            }
            Mount copy = attach(to, child.point, seen(from, child.path, to), child.volume, child.root, child.source, child.rootPath, child.flags);
            copy.propagation = child.propagation;
            copy.peers = child.peers;
            copyBelow(child, copy);
        }
    }

    /** What a bind makes joins the group of what it shows. */
    synchronized void join(Mount mount, Mount shown) {
        if (shown.peers != 0) {
            mount.peers = shown.peers;
            mount.propagation = Propagation.SHARED;
        }
    }

    synchronized void propagate(Mount mount, Propagation propagation, boolean recursive) {
        if (propagation == Propagation.SHARED) {
            share(mount);
        } else {
            mount.propagation = propagation;
            mount.peers = 0;
        }
        if (recursive) {
            mount.children().values().forEach(c -> propagate(c, propagation, true));
        }
    }

    synchronized void move(Mount mount, Mount parent, long point, String path) throws FsException {
        if (mount.parent == null || mount.parent.peers != 0) {
            throw new Refused(Errno.EINVAL, "move of " + mount.path + ", " + (mount.parent == null ? "the root" : "which stands in a shared mount"));
        }
        for (Mount at = parent; at != null; at = at.parent) {
            if (at == mount) {
                throw new Refused(Errno.EINVAL, "move of " + mount.path + " into itself");
            }
        }
        mount.parent.put(mount.point, null);
        String before = mount.path;
        mount.parent = parent;
        mount.point = point;
        parent.put(point, mount);
        rename(mount, before, path);
    }

    private void rename(Mount mount, String before, String now) {
        mount.path = now + mount.path.substring(before.length());
        mount.children().values().forEach(c -> rename(c, before, now));
    }

    /**
     * The mounts that go with one: itself, its copies in its parent's peers, and (forced) all that is mounted in them.
     *
     * @throws FsException {@code EBUSY} when something is mounted in it
     */
    synchronized List<Mount> going(Mount mount, boolean force) throws FsException {
        List<Mount> going = new ArrayList<>();
        collect(mount, force, going);
        if (mount.parent != null) {
            for (Mount peer : peers(mount.parent)) {
                Mount copy = peer.on(mount.point);
                if (copy != null && copy.volume == mount.volume && (force || copy.children().isEmpty())) {
                    collect(copy, force, going);
                }
            }
        }
        return going;
    }

    private static void collect(Mount mount, boolean force, List<Mount> going) throws FsException {
        if (!mount.children().isEmpty() && !force) {
            throw new Refused(Errno.EBUSY, "unmount of " + mount.path + ": " + mount.children().values().iterator().next().path
                    + " is mounted in it");
        }
        for (Mount child : mount.children().values()) {
            collect(child, true, going);
        }
        going.add(mount);
    }

    synchronized void end(List<Mount> going) {
        for (Mount mount : going) {
            mount.ended = true;
            mounts.remove(mount.id);
            if (mount.parent == null) {
                mount.namespace.root = null;
            } else {
                mount.parent.put(mount.point, null);
            }
        }
    }

    synchronized Namespace copy(Namespace from) throws FsException {
        Mount root = from.root;
        Namespace made = newNamespace();
        if (root != null) {
            Mount copy = root(made, root.volume, root.source, root.flags);
            copy.propagation = root.propagation;
            copy.peers = root.peers;
            copyBelow(root, copy);
        }
        return made;
    }

    synchronized void endNamespace(Namespace namespace) {
        namespaces.remove(namespace.id);
    }

    synchronized List<Mount> of(Namespace namespace) {
        return mounts.values().stream().filter(m -> m.namespace == namespace).toList();
    }

    static MountInfo info(Mount m) {
        return new MountInfo(m.id, m.parent == null ? 0 : m.parent.id, m.namespace.id, m.path, m.source, m.volume.type, m.volume.id, m.rootPath,
                m.flags, m.peers, m.volume.isThere());
    }

    // ---- hand-over

    /** For each mount: id, namespace, parent, point, path, volume, root, source, its path, flags, propagation, peers. */
    synchronized Object[] state() {
        List<Object[]> all = new ArrayList<>();
        for (Mount m : mounts.values()) {
            all.add(new Object[] {m.id, m.namespace.id, m.parent == null ? 0L : m.parent.id, m.point, m.path, m.volume.id, m.volume.type, m.root,
                m.source, m.rootPath, m.flags, m.propagation, m.peers});
        }
        return new Object[] {nextMount, nextNamespace, nextPeers, namespaces(), all};
    }

    @SuppressWarnings("unchecked")
    synchronized void restore(Object[] state, VolumeTable volumes) {
        nextMount = (Long) state[0];
        nextNamespace = (Long) state[1];
        nextPeers = (Long) state[2];
        mounts.clear();
        namespaces.clear();
        for (long id : (List<Long>) state[3]) {
            namespaces.put(id, new Namespace(id));
        }
        List<Object[]> all = (List<Object[]>) state[4];
        Map<Long, Object[]> waiting = new HashMap<>();
        for (Object[] raw : all) {
            Mount mount = new Mount((Long) raw[0], namespaces.get((Long) raw[1]), volumes.of((String) raw[5], (String) raw[6]), (Long) raw[7],
                    (String) raw[8], (String) raw[9], (Set<MountFlag>) raw[10]);
            mount.point = (Long) raw[3];
            mount.path = (String) raw[4];
            mount.propagation = (Propagation) raw[11];
            mount.peers = (Long) raw[12];
            mounts.put(mount.id, mount);
            waiting.put(mount.id, raw);
        }
        waiting.forEach((id, raw) -> {
            Mount mount = mounts.get(id), parent = mounts.get((Long) raw[2]);
            mount.parent = parent;
            if (parent == null) {
                mount.namespace.root = mount;
            } else {
                parent.put(mount.point, mount);
            }
        });
    }
}
