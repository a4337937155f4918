package org.cloudos.fs.suite;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.RenameMode;

/** What a file system is, in the simplest way: nodes in lists and maps, contents in arrays. */
final class Model {
    /** All errors that a request deserves; a file system may give any of them. */
    static final class Refusal extends Exception {
        private static final long serialVersionUID = 1L;
        final transient Set<Errno> errors;

        Refusal(Set<Errno> errors) {
            super(errors.toString(), null, false, false);
            this.errors = errors;
        }

        static void unless(boolean good, Errno errno) throws Refusal {
            if (!good) {
                throw new Refusal(EnumSet.of(errno));
            }
        }
    }

    /** A node; {@code number} is what the file system under test calls it. */
    static final class Node {
        final NodeType type;
        long number;
        int mode, uid = 1, gid = 1, links = 1, holds;
        byte[] data = new byte[0];
        String target;
        Node parent;
        final Map<String, Node> children = new TreeMap<>();
        final Map<String, byte[]> extended = new HashMap<>();

        Node(NodeType type) {
            this.type = type;
        }

        boolean isFolder() {
            return type == NodeType.FOLDER;
        }

        boolean alive() {
            return links > 0 || holds > 0;
        }

        long folders() {
            return children.values().stream().filter(Node::isFolder).count();
        }
    }

    final Node root = new Node(NodeType.FOLDER);
    /** All that ever were, in the order of their making. */
    final List<Node> nodes = new ArrayList<>(List.of(root));

    Model(long rootNumber) {
        root.number = rootNumber;
        root.parent = root;
    }

    private static void alive(Node node) throws Refusal {
        Refusal.unless(node.alive(), Errno.ENOENT);
    }

    private static void folder(Node node) throws Refusal {
        alive(node);
        Refusal.unless(node.isFolder(), Errno.ENOTDIR);
    }

    private static void file(Node node) throws Refusal {
        alive(node);
        Refusal.unless(!node.isFolder(), Errno.EISDIR);
        Refusal.unless(node.type == NodeType.FILE, Errno.EINVAL);
    }

    Node lookup(Node folder, String name) throws Refusal {
        folder(folder);
        return folder.children.get(name);
    }

    Node create(Node folder, String name, NodeType type, int mode, String target) throws Refusal {
        folder(folder);
        Refusal.unless(folder.links > 0, Errno.ENOENT);
        Refusal.unless(!folder.children.containsKey(name), Errno.EEXIST);
        Node node = new Node(type);
        node.mode = mode;
        node.target = target;
        node.parent = folder;
        folder.children.put(name, node);
        nodes.add(node);
        return node;
    }

    void link(Node node, Node folder, String name) throws Refusal {
        Set<Errno> errors = EnumSet.noneOf(Errno.class);
        if (!node.alive() || !folder.alive() || folder.isFolder() && folder.links == 0) errors.add(Errno.ENOENT);
        if (!folder.isFolder()) errors.add(Errno.ENOTDIR);
        if (node.isFolder()) errors.add(Errno.EPERM);
        if (folder.children.containsKey(name)) errors.add(Errno.EEXIST);
        if (!errors.isEmpty()) throw new Refusal(errors);
        folder.children.put(name, node);
        node.links++;
    }

    void remove(Node folder, String name, boolean folderWanted) throws Refusal {
        folder(folder);
        Node node = folder.children.get(name);
        Refusal.unless(node != null, Errno.ENOENT);
        Refusal.unless(node.isFolder() == folderWanted, folderWanted ? Errno.ENOTDIR : Errno.EISDIR);
        Refusal.unless(node.children.isEmpty(), Errno.ENOTEMPTY);
        folder.children.remove(name);
        node.links--;
    }

    void rename(Node from, String name, Node to, String toName, RenameMode mode) throws Refusal {
        Set<Errno> errors = EnumSet.noneOf(Errno.class);
        if (!from.alive() || !to.alive() || to.isFolder() && to.links == 0) errors.add(Errno.ENOENT);
        if (!from.isFolder() || !to.isFolder()) errors.add(Errno.ENOTDIR);
        Node moved = from.children.get(name), there = to.children.get(toName);
        if (moved == null || there == null && mode == RenameMode.EXCHANGE) errors.add(Errno.ENOENT);
        if (there != null && mode == RenameMode.NO_REPLACE) errors.add(Errno.EEXIST);
        if (moved != null && inside(to, moved)) errors.add(Errno.EINVAL);
        if (mode == RenameMode.EXCHANGE && there != null && inside(from, there)) errors.add(Errno.EINVAL);
        if (mode == RenameMode.REPLACE && moved != null && there != null && moved != there) {
            if (moved.isFolder() && !there.isFolder()) errors.add(Errno.ENOTDIR);
            if (!moved.isFolder() && there.isFolder()) errors.add(Errno.EISDIR);
            if (!there.children.isEmpty()) errors.add(Errno.ENOTEMPTY);
        }
        if (!errors.isEmpty()) throw new Refusal(errors);
        if (moved == there) return;
        from.children.remove(name);
        to.children.put(toName, moved);
        moved.parent = moved.isFolder() ? to : moved.parent;
        if (mode == RenameMode.EXCHANGE) {
            from.children.put(name, there);
            there.parent = there.isFolder() ? from : there.parent;
        } else if (there != null) {
            there.links--;
        }
    }

    private static boolean inside(Node folder, Node moved) {
        for (Node at = folder; moved.isFolder(); at = at.parent) {
            if (at == moved) return true;
            if (at.parent == at || at.parent == null) return false;
        }
        return false;
    }

    void write(Node node, int offset, byte[] bytes) throws Refusal {
        file(node);
        if (bytes.length > 0) {
            node.data = Arrays.copyOf(node.data, Math.max(node.data.length, offset + bytes.length));
            System.arraycopy(bytes, 0, node.data, offset, bytes.length);
        }
    }

    byte[] read(Node node, int offset, int length) throws Refusal {
        file(node);
        return offset >= node.data.length ? new byte[0] : Arrays.copyOfRange(node.data, offset, Math.min(node.data.length, offset + length));
    }

    void resize(Node node, int size) throws Refusal {
        file(node);
        node.data = Arrays.copyOf(node.data, size);
    }

    void zero(Node node, int offset, int length, boolean grow) throws Refusal {
        file(node);
        if (grow && offset + length > node.data.length) {
            node.data = Arrays.copyOf(node.data, offset + length);
        }
        Arrays.fill(node.data, Math.min(offset, node.data.length), Math.min(offset + length, node.data.length), (byte) 0);
    }

    int copy(Node from, int offset, Node to, int toOffset, int length) throws Refusal {
        Set<Errno> errors = EnumSet.noneOf(Errno.class);
        for (Node node : List.of(from, to)) {
            if (!node.alive()) errors.add(Errno.ENOENT);
            if (node.isFolder()) errors.add(Errno.EISDIR);
            else if (node.type != NodeType.FILE) errors.add(Errno.EINVAL);
        }
        if (from == to && offset < toOffset + length && toOffset < offset + length) errors.add(Errno.EINVAL);
        if (!errors.isEmpty()) throw new Refusal(errors);
        byte[] bytes = read(from, offset, length);
        write(to, toOffset, bytes);
        return bytes.length;
    }

    void setExtended(Node node, String name, byte[] value, ExtendedMode mode) throws Refusal {
        alive(node);
        Refusal.unless(mode != ExtendedMode.CREATE || !node.extended.containsKey(name), Errno.EEXIST);
        Refusal.unless(mode != ExtendedMode.REPLACE || node.extended.containsKey(name), Errno.ENODATA);
        node.extended.put(name, value);
    }

    void removeExtended(Node node, String name) throws Refusal {
        alive(node);
        Refusal.unless(node.extended.remove(name) != null, Errno.ENODATA);
    }

    void hold(Node node) throws Refusal {
        alive(node);
        node.holds++;
    }

    void drop(Node node) {
        node.holds = Math.max(0, node.holds - 1);
    }
}
