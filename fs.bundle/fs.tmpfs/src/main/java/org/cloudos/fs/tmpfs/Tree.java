package org.cloudos.fs.tmpfs;

import org.cloudos.fs.Attributes;
import org.cloudos.fs.EntrySink;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Names;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.tmpfs.TmpFs.Held;

/** Names and folders. */
final class Tree {
    private static final int NAME_COST = 96;
    private final Volume volume;

    Tree(Volume volume) {
        this.volume = volume;
    }

    private Held reading() {
        return Held.of(volume.tree.readLock());
    }

    private Held writing() throws FsException {
        volume.checkWritable();
        return Held.of(volume.tree.writeLock());
    }

    private static Attributes attributes(Node node) {
        try (var _ = Held.of(node.lock().readLock())) {
            return node.attributes();
        }
    }

    Attributes lookup(long folder, String name) throws FsException {
        try (var _ = reading()) {
            long found = volume.folder(folder).entries().node(name);
            return found == 0 ? null : attributes(volume.node(found));
        }
    }

    long parent(long folder) throws FsException {
        try (var _ = reading()) {
            return volume.folder(folder).f()[Node.PARENT];
        }
    }

    Attributes create(long folder, String name, NewNode what) throws FsException {
        check(name);
        if (what.type() == NodeType.LINK && Names.length(what.target(), Names.MAX_PATH) == 0) {
            throw new Refused(Errno.ENOENT, "empty target of link \"" + name + "\"");
        }
        try (var _ = writing()) {
            Node parent = volume.liveFolder(folder);
            if (parent.entries().node(name) != 0) {
                throw exists(name, folder);
            }
            charge(name);
            Node node;
            try {
                node = volume.add(folder, what);
            } catch (FsException e) {
                refund(name);
                throw e;
            }
            enter(parent, name, node);
            touch(parent, node.isFolder() ? 1 : 0);
            return attributes(node);
        }
    }

    Attributes createNameless(long folder, NewNode what) throws FsException {
        if (what.type() != NodeType.FILE) {
            throw new Refused(Errno.EINVAL, "nameless " + what.type());
        }
        try (var _ = writing()) {
            volume.liveFolder(folder);
            Node node = volume.add(folder, what);
            node.f()[Node.LINKS] = 0;
            node.f()[Node.HOLDS] = 1;
            return attributes(node);
        }
    }

    Attributes link(long number, long folder, String name) throws FsException {
        check(name);
        try (var _ = writing()) {
            Node node = volume.node(number);
            Node parent = volume.liveFolder(folder);
            if (node.isFolder()) {
                throw new Refused(Errno.EPERM, "another name for folder " + number);
            }
            if (parent.entries().node(name) != 0) {
                throw exists(name, folder);
            }
            charge(name);
            try (var _ = Held.of(node.lock().writeLock())) {
                node.f()[Node.LINKS]++;
                node.f()[Node.CHANGED] = volume.clock.getAsLong();
            }
            enter(parent, name, node);
            touch(parent, 0);
            return attributes(node);
        }
    }

    void remove(long folder, String name, boolean folderWanted) throws FsException {
        try (var _ = writing()) {
            Node parent = volume.folder(folder);
            Node node = existing(parent, name);
            if (folderWanted != node.isFolder()) {
                throw new Refused(folderWanted ? Errno.ENOTDIR : Errno.EISDIR, "removal of \"" + name + "\"");
            }
            checkEmpty(node, name);
            parent.entries().remove(name);
            refund(name);
            touch(parent, node.isFolder() ? -1 : 0);
            unlinked(node);
        }
    }

    void rename(long folder, String name, long toFolder, String toName, RenameMode mode) throws FsException {
        check(toName);
        try (var _ = writing()) {
            Node from = volume.folder(folder), to = volume.liveFolder(toFolder);
            Node moved = existing(from, name);
            long thereNumber = to.entries().node(toName);
            Node there = thereNumber == 0 ? null : volume.node(thereNumber);
            if (there != null && mode == RenameMode.NO_REPLACE) {
                throw exists(toName, toFolder);
            }
            if (there == null && mode == RenameMode.EXCHANGE) {
                throw new Refused(Errno.ENOENT, "\"" + toName + "\" in node " + toFolder);
            }
            checkOutside(moved, to);
            if (there != null && there.number() == moved.number()) {
                return;
            }
            if (mode == RenameMode.EXCHANGE) {
                checkOutside(there, from);
                exchange(from, name, moved, to, toName, there);
            } else {
                replace(from, name, moved, to, toName, there);
            }
        }
    }

    private void exchange(Node from, String name, Node moved, Node to, String toName, Node there) {
        from.entries().redirect(name, there.number());
        to.entries().redirect(toName, moved.number());
        int folders = (there.isFolder() ? 1 : 0) - (moved.isFolder() ? 1 : 0);
        touch(from, from.number() == to.number() ? 0 : folders);
        touch(to, from.number() == to.number() ? 0 : -folders);
        placed(moved, to);
        placed(there, from);
    }

    private void replace(Node from, String name, Node moved, Node to, String toName, Node there) throws FsException {
        if (there != null) {
            if (moved.isFolder() != there.isFolder()) {
                throw new Refused(moved.isFolder() ? Errno.ENOTDIR : Errno.EISDIR, "rename to \"" + toName + "\"");
            }
            checkEmpty(there, toName);
        } else {
            charge(toName);
        }
        from.entries().remove(name);
        refund(name);
        enter(to, toName, moved);
        int folder = moved.isFolder() ? 1 : 0;
        touch(from, -folder);
        touch(to, there == null ? folder : 0);
        placed(moved, to);
        if (there != null) {
            unlinked(there);
        }
    }

    void list(long folder, long cookie, EntrySink sink) throws FsException {
        try (var _ = reading()) {
            Entries entries = volume.folder(folder).entries();
            for (var entry : entries.byCookie().tailMap(cookie, false).entrySet()) {
                long node = entries.node(entry.getValue());
                if (!sink.entry(entry.getValue(), node, volume.node(node).type(), entry.getKey())) {
                    return;
                }
            }
        }
    }

    private void check(String name) throws FsException {
        Names.check(name);
    }

    private void charge(String name) throws FsException {
        if (!volume.pool.charge(NAME_COST + name.length())) {
            throw new Refused(Errno.ENOSPC, "name \"" + name + "\"");
        }
    }

    private void refund(String name) {
        volume.pool.charge(-NAME_COST - name.length());
    }

    private static Refused exists(String name, long folder) {
        return new Refused(Errno.EEXIST, "\"" + name + "\" in node " + folder);
    }

    private Node existing(Node folder, String name) throws FsException {
        long number = folder.entries().node(name);
        if (number == 0) {
            throw new Refused(Errno.ENOENT, "\"" + name + "\" in node " + folder.number());
        }
        return volume.node(number);
    }

    private static void checkEmpty(Node node, String name) throws FsException {
        if (node.isFolder() && !node.entries().byName().isEmpty()) {
            throw new Refused(Errno.ENOTEMPTY, "\"" + name + "\" has " + node.entries().byName().size() + " entries");
        }
    }

    /** A folder can't come into itself. */
    private void checkOutside(Node moved, Node folder) throws FsException {
        if (!moved.isFolder()) {
            return;
        }
        for (Node at = folder;; at = volume.node(at.f()[Node.PARENT])) {
            if (at.number() == moved.number()) {
                throw new Refused(Errno.EINVAL, "move of folder " + moved.number() + " into itself");
            }
            if (at.number() == FileSystem.ROOT) {
                return;
            }
        }
    }

    private static void enter(Node folder, String name, Node node) {
        folder.entries().put(name, node.number(), ++folder.f()[Node.COOKIE]);
    }

    /** The folder's names changed; it has so many more folders in it. */
    private void touch(Node folder, int folders) {
        try (var _ = Held.of(folder.lock().writeLock())) {
            folder.f()[Node.LINKS] += folders;
            folder.f()[Node.MODIFIED] = folder.f()[Node.CHANGED] = volume.clock.getAsLong();
        }
    }

    private void placed(Node node, Node folder) {
        try (var _ = Held.of(node.lock().writeLock())) {
            node.f()[Node.CHANGED] = volume.clock.getAsLong();
            if (node.isFolder()) {
                node.f()[Node.PARENT] = folder.number();
            }
        }
    }

    /** One name less; a folder has none left. */
    private void unlinked(Node node) {
        try (var _ = Held.of(node.lock().writeLock())) {
            node.f()[Node.LINKS] = node.isFolder() ? 0 : node.f()[Node.LINKS] - 1;
            node.f()[Node.CHANGED] = volume.clock.getAsLong();
            volume.forget(node);
        }
    }
}
