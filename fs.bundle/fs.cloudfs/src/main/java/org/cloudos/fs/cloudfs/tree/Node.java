package org.cloudos.fs.cloudfs.tree;

import org.cloudos.fs.cloudfs.format.Page;

/** A node in memory. Its page may change only while its address is below 0, and that changes under the tree lock alone: no page may be kept longer. */
public final class Node {
    public final byte[] page;
    /** On the medium; or below 0: not placed yet. Guarded by the tree lock. */
    public long address;
    public long mirror;
    /** Where the commit will put it; 0: not decided. */
    public long planned;
    public long plannedMirror;
    /** For the cache's clock. */
    boolean used = true;

    Node(byte[] page, long address, long mirror) {
        this.page = page;
        this.address = address;
        this.mirror = mirror;
    }

    public int level() {
        return Page.level(page);
    }

    public int count() {
        return Page.count(page);
    }
}
