package org.cloudos.fs.cloudfs.snapshot;

import java.util.ArrayDeque;
import java.util.Deque;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.volume.Volume;

/** A walk over a snapshot's tree that can stand before a subtree without entering it. */
final class Walk {
    private static final class Level {
        final byte[] page; // its own: the tree lock is not held from step to step
        final long high; // no key is below
        final long low;
        int slot;

        Level(byte[] page, long high, long low) {
            this.page = page;
            this.high = high;
            this.low = low;
        }
    }

    private final Volume volume;
    private final Deque<Level> path = new ArrayDeque<>();

    Walk(Volume volume, Pointer root) throws FsException {
        this.volume = volume;
        enter(root, 0, 0);
    }

    private void enter(Pointer p, long high, long low) throws FsException {
        volume.lock.readLock().lock();
        try {
            path.push(new Level(volume.nodes.page(p).clone(), high, low));
        } finally {
            volume.lock.readLock().unlock();
        }
        settle();
    }

    private void settle() {
        while (!path.isEmpty() && path.peek().slot >= Page.count(path.peek().page)) {
            path.pop();
            if (!path.isEmpty()) {
                path.peek().slot++;
            }
        }
    }

    boolean valid() {
        return !path.isEmpty();
    }

    boolean item() {
        return Page.level(path.peek().page) == 0;
    }

    int level() {
        return Page.level(path.peek().page);
    }

    /** Of the item; or below which no key of the subtree is. */
    long high() {
        Level l = path.peek();
        return !item() && l.slot == 0 ? l.high : Page.high(l.page, l.slot);
    }

    long low() {
        Level l = path.peek();
        return !item() && l.slot == 0 ? l.low : Page.low(l.page, l.slot);
    }

    /** The subtree's root. */
    Pointer pointer() {
        Level l = path.peek();
        return Pointer.read(l.page, Page.at(l.page, l.slot));
    }

    byte[] value() {
        Level l = path.peek();
        byte[] value = new byte[Page.length(l.page, l.slot)];
        System.arraycopy(l.page, Page.at(l.page, l.slot), value, 0, value.length);
        return value;
    }

    /** Into the subtree. */
    void down() throws FsException {
        enter(pointer(), high(), low());
    }

    /** Behind the item or subtree. */
    void next() {
        path.peek().slot++;
        settle();
    }

    static int compare(Walk a, Walk b) {
        return !a.valid() ? b.valid() ? 1 : 0 : !b.valid() ? -1 : Key.compare(a.high(), a.low(), b.high(), b.low());
    }
}
