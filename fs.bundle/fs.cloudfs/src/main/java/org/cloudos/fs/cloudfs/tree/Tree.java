package org.cloudos.fs.cloudfs.tree;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import java.util.List;

/** A B+tree. Preconditions of all methods: the tree lock is held, alone for those that change. */
public final class Tree {
    static final int MOST_LEVELS = 12;
    private static final int LEAST_USED = Page.ROOM / 4;
    private final long number;
    private final NodeStore store;
    private final Spares spares;
    private Pointer root; // its address is below 0 when the root changed
    private volatile RecentItems recent; // made when first something is remembered

    public Tree(long number, NodeStore store, Spares spares, Pointer root) {
        this.number = number;
        this.store = store;
        this.spares = spares;
        this.root = root;
    }

    /** A tree with nothing in it. */
    public static Tree empty(long number, NodeStore store, Spares spares) {
        Node leaf = store.create(Page.empty(0));
        return new Tree(number, store, spares, store.fresh(leaf));
    }

    public long number() {
        return number;
    }

    public Pointer root() {
        return root;
    }

    public boolean changed() {
        return root.address() < 0;
    }

    /** The root becomes another's, as in a rollback. Preconditions: it is not {@link #changed}. */
    public void root(Pointer other) {
        root = other;
        recent = null;
    }

    Node top() throws FsException {
        return store.at(root);
    }

    NodeStore store() {
        return store;
    }

    private Node leaf(long high, long low) throws FsException {
        Node node = top();
        while (node.level() > 0) {
            node = store.child(node, Page.child(node.page, high, low));
        }
        return node;
    }

    /** Brings what leads to a key into memory. */
    public void touch(long high, long low) throws FsException {
        leaf(high, low);
    }

    /** @return the value's bytes, or null */
    public byte[] get(long high, long low) throws FsException {
        byte[] page = leaf(high, low).page;
        int i = Page.find(page, high, low);
        if (i < 0) {
            return null;
        }
        byte[] value = new byte[Page.length(page, i)];
        System.arraycopy(page, Page.at(page, i), value, 0, value.length);
        return value;
    }

    /** As {@link #get}, and kept in memory for the next who asks. @return bytes that nobody may change, or null */
    public byte[] recent(long high, long low) throws FsException {
        byte[] value = recalled(high, low);
        if (value == null) {
            value = get(high, low);
            if (value != null) {
                remember(high, low, value);
            }
        }
        return value;
    }

    /** A value from memory alone: null also for items that are there. Nobody may change the bytes. */
    public byte[] recalled(long high, long low) {
        RecentItems items = recent;
        return items == null ? null : items.get(high, low);
    }

    /** Keeps an item's value as it is in the tree. */
    public void remember(long high, long low, byte[] value) {
        RecentItems items = recent;
        if (items == null) {
            items = new RecentItems(store.items());
            recent = items; // two at once: one of them is lost
        }
        items.add(high, low, value);
    }

    private void forget(long high, long low) {
        if (recent != null) {
            recent.remove(high, low);
        }
    }

    public boolean has(long high, long low) throws FsException {
        return Page.find(leaf(high, low).page, high, low) >= 0;
    }

    /** A walk from the first item at or behind a key. */
    public Cursor from(long high, long low) throws FsException {
        return new Cursor(this, high, low);
    }

    /** The node itself where its page is nobody else's, or a copy; without a place, until the next commit finds one. */
    private Node writable(Node node) throws FsException {
        if (node.address < 0) {
            return node;
        }
        return spares.replaced(number, node) && store.renew(node) ? node : store.create(node.page.clone());
    }

    private Node writableTop() throws FsException {
        Node node = writable(top());
        if (root.address() != node.address) {
            root = store.fresh(node);
        }
        return node;
    }

    private Node writableChild(Node parent, int i) throws FsException {
        Node child = writable(store.child(parent, i));
        int at = Page.at(parent.page, i);
        if (Le.i64(parent.page, at) != child.address) {
            Le.i64(parent.page, at, child.address);
        }
        return child;
    }

    private byte[] branch(Node child) {
        return store.fresh(child).bytes();
    }

    private Node grow(Node top) {
        Node above = store.create(Page.empty(top.level() + 1));
        byte[] p = top.page;
        Page.insert(above.page, 0, top.count() == 0 ? 0 : Page.high(p, 0), top.count() == 0 ? 0 : Page.low(p, 0), branch(top), 0, store.branchBytes());
        root = store.fresh(above);
        return above;
    }

    /** Sets a value, at most {@link Layout#MAX_VALUE} long. */
    public void put(long high, long low, byte[] value) throws FsException {
        put(high, low, value, value.length);
    }

    public void put(long high, long low, byte[] value, int length) throws FsException {
        if (length > Layout.MAX_VALUE) {
            throw new IllegalArgumentException("value of " + length + " bytes");
        }
        forget(high, low);
        Node node = writableTop();
        if (node.level() > 0 && Page.free(node.page) < 2 * Page.BRANCH || node.level() == 0 && lacks(node, high, low, length)) {
            node = grow(node);
        }
        while (node.level() > 0) {
            int i = Page.child(node.page, high, low);
            Node child = writableChild(node, i);
            while (child.level() > 0 ? Page.free(child.page) < 2 * Page.BRANCH : lacks(child, high, low, length)) {
                split(node, i, child, high, low);
                i = Page.child(node.page, high, low);
                child = store.child(node, i);
            }
            node = child;
        }
        int i = Page.find(node.page, high, low);
        if (i >= 0) {
            Page.replace(node.page, i, value, 0, length);
        } else {
            Page.insert(node.page, -i - 1, high, low, value, 0, length);
        }
    }

    private static boolean lacks(Node leaf, long high, long low, int length) {
        int i = Page.find(leaf.page, high, low);
        int need = i >= 0 ? length - Page.length(leaf.page, i) : Page.SLOT + length;
        return need > Page.free(leaf.page);
    }

    /** Items that come in ascending order leave full nodes behind: the split is then at the end. */
    private void split(Node parent, int i, Node child, long high, long low) {
        Node right = store.create(Page.empty(child.level()));
        byte[] p = child.page;
        int n = child.count();
        if (i == 0 && Key.compare(Page.high(p, 0), Page.low(p, 0), Page.high(parent.page, 0), Page.low(parent.page, 0)) < 0) {
            Page.key(parent.page, 0, Page.high(p, 0), Page.low(p, 0)); // lower keys came since; a part of them stands behind this one now
        }
        boolean append = child.level() == 0 && Page.find(p, high, low) == -n - 1;
        if (append) {
            Page.insert(parent.page, i + 1, high, low, branch(right), 0, store.branchBytes());
            return;
        }
        int at = Page.half(p);
        Page.move(p, at, right.page);
        Page.insert(parent.page, i + 1, Page.high(right.page, 0), Page.low(right.page, 0), branch(right), 0, store.branchBytes());
    }

    /** @return whether it was there */
    public boolean delete(long high, long low) throws FsException {
        if (!has(high, low)) {
            return false;
        }
        forget(high, low);
        Node[] path = new Node[MOST_LEVELS];
        int[] slots = new int[MOST_LEVELS];
        int depth = 0;
        Node node = writableTop();
        while (node.level() > 0) {
            path[depth] = node;
            slots[depth] = Page.child(node.page, high, low);
            node = writableChild(node, slots[depth++]);
        }
        Page.remove(node.page, Page.find(node.page, high, low));
        while (depth > 0 && Page.used(node.page) < LEAST_USED) {
            Node parent = path[--depth];
            if (node.count() == 0) {
                Page.remove(parent.page, slots[depth]);
                store.drop(number, node, spares);
            } else if (!merge(parent, slots[depth], node)) {
                break;
            }
            node = parent;
        }
        shrink();
        return true;
    }

    /** Copies nodes, so that the next commit writes them elsewhere. Above a copy all are copied. */
    public void copyWhere(java.util.function.Predicate<Node> which) throws FsException {
        if (where(top(), which)) {
            copy(writableTop(), which);
        }
    }

    private boolean where(Node node, java.util.function.Predicate<Node> which) throws FsException {
        if (node.address < 0 || which.test(node)) {
            return true;
        }
        for (int i = 0; node.level() > 0 && i < node.count(); i++) {
            if (where(store.child(node, i), which)) {
                return true;
            }
        }
        return false;
    }

    private void copy(Node node, java.util.function.Predicate<Node> which) throws FsException {
        for (int i = 0; node.level() > 0 && i < node.count(); i++) {
            if (where(store.child(node, i), which)) {
                copy(writableChild(node, i), which);
            }
        }
    }

    /** Takes away a child that can't be read: what stands where a key leads to. */
    public void prune(long high, long low, long address) throws FsException {
        recent = null;
        if (root.address() == address) {
            Node leaf = store.create(Page.empty(0));
            root = store.fresh(leaf);
            return;
        }
        Node node = writableTop();
        while (node.level() > 0) {
            int i = Page.child(node.page, high, low);
            if (Le.i64(node.page, Page.at(node.page, i)) == address) {
                if (node.count() == 1) {
                    Node leaf = store.create(Page.empty(node.level() - 1));
                    if (node.level() > 1) {
                        throw new FsException.Corrupt("tree " + number, "node " + address, "a neighbour", "none");
                    }
                    Page.replace(node.page, i, branch(leaf), 0, store.branchBytes());
                } else {
                    Page.remove(node.page, i);
                }
                return;
            }
            node = writableChild(node, i);
        }
    }

    /** Joins a node with a neighbour where they fit into one. */
    private boolean merge(Node parent, int i, Node node) throws FsException {
        if (parent.count() < 2) {
            return false;
        }
        int left = i + 1 < parent.count() ? i : i - 1;
        Node a = store.child(parent, left), b = store.child(parent, left + 1);
        if (Page.used(a.page) + Page.used(b.page) > Page.ROOM * 3 / 4) {
            return false;
        }
        Node into = writableChild(parent, left);
        int first = into.count();
        Node from = store.child(parent, left + 1);
        Page.move(from.page.clone(), 0, into.page);
        if (into.level() > 0) {
            // The first key of a node above the leaves counts as the lowest; in the middle of another it has to be true.
            Page.key(into.page, first, Page.high(parent.page, left + 1), Page.low(parent.page, left + 1));
        }
        Page.remove(parent.page, left + 1);
        store.drop(number, from, spares);
        return true;
    }

    private void shrink() throws FsException {
        Node top = top();
        while (top.level() > 0 && top.count() <= 1) {
            Node below = top.count() == 0 ? store.create(Page.empty(0)) : store.child(top, 0);
            Pointer pointer = top.count() == 0 ? store.fresh(below) : Pointer.read(top.page, Page.at(top.page, 0));
            store.drop(number, top, spares);
            root = pointer;
            top = below;
        }
    }

    /**
     * Gives all changed nodes their places, children first, and appends them. Preconditions: all have {@link Node#planned}.
     *
     * @return the new root
     */
    public Pointer seal(long generation, List<Node> sealed) throws FsException {
        if (changed()) {
            root = seal(top(), generation, sealed);
        }
        return root;
    }

    private Pointer seal(Node node, long generation, List<Node> sealed) throws FsException {
        if (node.level() > 0) {
            for (int i = 0; i < node.count(); i++) {
                int at = Page.at(node.page, i);
                if (Le.i64(node.page, at) < 0) {
                    seal(store.child(node, i), generation, sealed).write(node.page, at);
                }
            }
        }
        sealed.add(node);
        return store.seal(node, number, generation);
    }
}
