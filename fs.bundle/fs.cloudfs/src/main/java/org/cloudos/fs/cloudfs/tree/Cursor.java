package org.cloudos.fs.cloudfs.tree;

import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Page;

/** A place in a tree, for as long as the tree lock is held and the tree does not change. */
public final class Cursor {
    private final Tree tree;
    private final Node[] path = new Node[Tree.MOST_LEVELS];
    private final int[] slots = new int[Tree.MOST_LEVELS];
    private int depth;

    Cursor(Tree tree, long high, long low) throws FsException {
        this.tree = tree;
        Node node = tree.top();
        while (node.level() > 0) {
            int i = Page.child(node.page, high, low);
            push(node, i);
            node = tree.store().child(node, i);
        }
        int i = Page.find(node.page, high, low);
        path[depth] = node;
        slots[depth] = i >= 0 ? i : -i - 1;
        if (slots[depth] >= node.count()) {
            forward();
        }
    }

    private void push(Node node, int i) throws FsException {
        if (depth + 1 >= Tree.MOST_LEVELS) {
            throw new FsException.Corrupt("tree " + tree.number(), "levels", "below " + Tree.MOST_LEVELS, depth + 1);
        }
        path[depth] = node;
        slots[depth++] = i;
    }

    /** Whether there is an item here. */
    public boolean valid() {
        return slots[depth] < path[depth].count();
    }

    public long high() {
        return Page.high(path[depth].page, slots[depth]);
    }

    public long low() {
        return Page.low(path[depth].page, slots[depth]);
    }

    public byte[] page() {
        return path[depth].page;
    }

    public int at() {
        return Page.at(path[depth].page, slots[depth]);
    }

    public int length() {
        return Page.length(path[depth].page, slots[depth]);
    }

    public byte[] value() {
        byte[] value = new byte[length()];
        System.arraycopy(page(), at(), value, 0, value.length);
        return value;
    }

    public void next() throws FsException {
        slots[depth]++;
        if (!valid()) {
            forward();
        }
    }

    /** To the item before. @return false when there is none; the place is then the first item's */
    public boolean back() throws FsException {
        int d = depth;
        while (d >= 0 && slots[d] == 0) {
            d--;
        }
        if (d < 0) {
            return false;
        }
        depth = d;
        slots[d]--;
        while (path[depth].level() > 0) {
            Node node = tree.store().child(path[depth], slots[depth]);
            path[++depth] = node;
            slots[depth] = node.count() - 1;
        }
        return slots[depth] >= 0 || back();
    }

    private void forward() throws FsException {
        int d = depth - 1;
        while (d >= 0 && slots[d] + 1 >= path[d].count()) {
            d--;
        }
        if (d < 0) {
            return;
        }
        slots[d]++;
        int top = depth;
        depth = d;
        while (path[depth].level() > 0) {
            Node node = tree.store().child(path[depth], slots[depth]);
            path[++depth] = node;
            slots[depth] = 0;
        }
        if (path[depth].count() == 0 && depth <= top) {
            forward();
        }
    }
}
