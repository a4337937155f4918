package org.cloudos.fs.cloudfs.upkeep;

import java.io.IOException;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Key;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.cloudfs.format.Pointer;
import org.cloudos.fs.cloudfs.tree.NodeStore;
import org.cloudos.fs.cloudfs.volume.Volume;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Upkeep.Scrub;

/**
 * Reads all copies of all that the last commit has. What is freed meanwhile is not taken by others before the end, so that everything read is
 * what it was; when space runs out for that, the scrub gives up. A mirror's device that was behind has all when it is through.
 */
public final class Scrubbing {
    private static final int MOST_PLACES = 1000;
    private final Volume volume;
    private final Progress progress;
    private final Set<Long> seen = new HashSet<>();
    /** How many blocks were read from an address on: pieces of one extent may begin at the same. */
    private final Map<Long, Integer> data = new HashMap<>();
    private final List<String> places = new ArrayList<>();
    private long checked;
    private long repaired;
    private long lost;
    private int steps;
    private long total;
    /** The device that lacks older blocks, or -1; and blocks that it could not take. */
    private int behind;
    private long missed;

    public Scrubbing(Volume volume, Progress progress) {
        this.volume = volume;
        this.progress = progress;
    }

    public Scrub run() throws FsException {
        volume.writable();
        behind = volume.medium.behind();
        commit(behind >= 0);
        volume.retain(true);
        try {
            total = (volume.space.blocks() - volume.space.freeBlocks() - volume.space.pinned()) * Layout.BLOCK * volume.medium.readers().length;
            tell();
            var s = volume.superblock();
            List<Pointer> files = new ArrayList<>();
            tree(s.catalog(), (page, i) -> {
                byte[] value = java.util.Arrays.copyOfRange(page, Page.at(page, i), Page.at(page, i) + Page.length(page, i));
                files.add(Key.type(Page.low(page, i)) == Key.SUBVOLUME ? Entry.parse(Page.high(page, i), value).root() : Pointer.read(value, 0));
            });
            tree(s.space(), (page, i) -> { });
            tree(s.shares(), (page, i) -> { });
            for (Pointer root : files) {
                tree(root, this::data);
            }
        } finally {
            volume.retain(false);
        }
        if (behind >= 0) {
            complete();
        }
        return new Scrub(checked, repaired, lost, List.copyOf(places));
    }

    /** @param force also where nothing changed: a device that has come has no superblock yet */
    private void commit(boolean force) throws FsException {
        volume.commitLock.lock();
        try {
            if (force) {
                volume.amend(s -> s);
            }
            volume.commit();
        } finally {
            volume.commitLock.unlock();
        }
    }

    private void complete() throws FsException {
        if (missed > 0 || volume.medium.behind() != behind) {
            throw new FsException.DeviceFailed("device " + (behind + 1) + " is still behind",
                    new IOException(missed > 0 ? missed + " blocks could not be written to it" : "it failed, or was taken out"));
        }
        volume.medium.flush();
        volume.mirror.complete(behind);
        commit(true);
    }

    @FunctionalInterface
    private interface Item {
        void at(byte[] page, int i) throws FsException;
    }

    private void tree(Pointer p, Item item) throws FsException {
        if (!seen.add(p.address())) {
            return;
        }
        pause();
        byte[] page = node(p);
        if (page == null) {
            return;
        }
        for (int i = 0; i < Page.count(page); i++) {
            if (p.level() > 0) {
                tree(Pointer.read(page, Page.at(page, i)), item);
            } else {
                item.at(page, i);
            }
        }
    }

    private void pause() throws FsException {
        if (Thread.currentThread().isInterrupted()) {
            throw new FsException.Refused(Errno.EINTR, "scrub");
        }
        if (!volume.retaining()) {
            throw new FsException.Refused(Errno.ENOSPC, "scrub beside changes");
        }
        if ((++steps & 63) == 0) {
            tell();
        }
    }

    private void tell() {
        progress.at(behind < 0 ? "scrub" : "resync", Math.min(checked, total), total);
    }

    private byte[] node(Pointer p) {
        byte[] good = null;
        int bad = 0;
        for (int copy = 0; copy < 2; copy++) {
            for (int device : volume.medium.readers()) {
                checked += Layout.NODE;
                try {
                    byte[] page = volume.medium.read(device, copy == 0 ? p.address() : p.mirror(), Layout.NODE);
                    NodeStore.verify(page, p, p.level(), volume.superblock().volume());
                    good = page;
                } catch (FsException e) {
                    bad++;
                }
            }
        }
        if (good == null) {
            lose(Layout.NODE_BLOCKS, "node " + p.address());
        } else if (bad > 0) {
            int written = volume.nodes.repairOthers(good, p, p.level());
            repaired += Layout.NODE_BLOCKS * (long) written;
            missed += Layout.NODE_BLOCKS * Math.max(0L, bad - written);
        }
        return good;
    }

    private void lose(int blocks, String place) {
        lost += blocks;
        if (places.size() < MOST_PLACES) {
            places.add(place);
        }
    }

    private void data(byte[] page, int i) throws FsException {
        if (Key.type(Page.low(page, i)) != Key.EXTENT) {
            return;
        }
        long node = Page.high(page, i);
        Extent e = Extent.parse(page, Page.at(page, i), Page.length(page, i), Key.offset(Page.low(page, i)), volume.superblock().blocks());
        if (e.kind() != Extent.PLAIN && !e.packed() || data.getOrDefault(e.address(), 0) >= e.stored()) {
            return;
        }
        data.put(e.address(), e.stored());
        pause();
        BitSet bad = new BitSet();
        for (int device : volume.medium.readers()) {
            checked += (long) e.stored() * Layout.BLOCK;
            try {
                byte[] stored = volume.medium.read(device, e.address(), e.stored() * Layout.BLOCK);
                for (int b = 0; b < e.stored(); b++) {
                    bad.set(b, bad.get(b) || !e.holds(b, stored, b * Layout.BLOCK));
                }
            } catch (FsException unreadable) {
                bad.set(0, e.stored());
            }
        }
        for (int b = bad.nextSetBit(0); b >= 0; b = bad.nextSetBit(b + 1)) {
            block(e, b, node);
        }
    }

    private void block(Extent e, int b, long node) {
        byte[] good = null;
        List<Integer> bad = new ArrayList<>();
        for (int device : volume.medium.readers()) {
            try {
                byte[] bytes = volume.medium.read(device, e.address() + b, Layout.BLOCK);
                if (e.holds(b, bytes, 0)) {
                    good = bytes;
                    continue;
                }
                bad.add(device);
            } catch (FsException unreadable) {
                bad.add(device);
            }
        }
        for (int device : bad) {
            try {
                if (good == null) {
                    lose(1, "data of node " + node + " at " + (e.from() + (e.packed() ? 0 : b) << Layout.BLOCK_SHIFT));
                    return;
                }
                volume.medium.repair(device, e.address() + b, good);
                repaired++;
            } catch (FsException cannot) {
                missed += device == behind ? 1 : 0;
                lose(1, "device " + (device + 1) + " at block " + (e.address() + b));
            }
        }
    }
}
