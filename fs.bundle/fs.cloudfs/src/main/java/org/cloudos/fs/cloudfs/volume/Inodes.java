package org.cloudos.fs.cloudfs.volume;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Key;

/**
 * The inodes of a subvolume that are in use or have something unsaved, and who is held. An inode in it is the truth, its item may be older. Never
 * takes the tree lock inside a bucket.
 */
public final class Inodes {
    private static final int MOST_IDLE = 4096;
    private final Subvolume subvolume;
    private final ConcurrentHashMap<Long, Inode> table = new ConcurrentHashMap<>();
    private final Holds holds = new Holds();

    Inodes(Subvolume subvolume) {
        this.subvolume = subvolume;
    }

    /** Null when it is not in memory: its item is the truth. */
    public Inode loaded(long number) {
        return table.get(number);
    }

    /** An inode for an operation; {@link #release} it. {@code ENOENT} */
    public Inode acquire(long number) throws FsException {
        Inode there = table.computeIfPresent(number, (n, inode) -> {
            inode.pins++;
            return inode;
        });
        if (there == null) {
            there = load(number);
        }
        if (there.gone) {
            release(there);
            throw missing(number);
        }
        return there;
    }

    private Inode load(long number) throws FsException {
        Volume volume = subvolume.volume;
        volume.lock.readLock().lock();
        try {
            byte[] item = subvolume.tree.get(number, Key.low(Key.INODE, 0));
            if (item == null) {
                throw missing(number);
            }
            InodeData data = InodeData.parse(number, item);
            return table.compute(number, (n, inode) -> {
                Inode result = inode == null ? new Inode(subvolume, data) : inode;
                result.pins++;
                return result;
            });
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    private static FsException missing(long number) {
        return new FsException.Refused(Errno.ENOENT, "node " + number);
    }

    public void release(Inode inode) {
        table.computeIfPresent(inode.number(), (n, i) -> {
            i.pins--;
            return i.pins == 0 && (i.gone || table.size() > MOST_IDLE && idle(i)) ? null : i;
        });
    }

    private static boolean idle(Inode i) {
        return !i.unsaved && i.since == 0 && i.logged.isEmpty() && i.data.links > 0;
    }

    /** Keeps a node, whatever becomes of its names. {@code ENOENT} */
    public void hold(long number) throws FsException {
        Volume volume = subvolume.volume;
        volume.lock.readLock().lock(); // names go under this lock, and what nobody holds goes with its last name
        try {
            Inode inode = table.get(number);
            long low = Key.low(Key.INODE, 0);
            if (inode == null ? subvolume.tree.recalled(number, low) == null && !subvolume.tree.has(number, low) : inode.gone) {
                throw missing(number);
            }
            holds.add(number, 1);
        } finally {
            volume.lock.readLock().unlock();
        }
    }

    /** @return whether this was the last hold */
    public boolean drop(long number, long count) {
        return holds.drop(number, count);
    }

    public boolean held(long number) {
        return holds.has(number);
    }

    /** Counts of holds by node. */
    public Map<Long, Long> held() {
        return holds.all();
    }

    public Collection<Inode> all() {
        return table.values();
    }

    /** Those with contents that are not on the medium, the oldest first. */
    public List<Inode> unwritten() {
        record Aged(Inode inode, long since) { }
        List<Aged> list = new ArrayList<>();
        for (Inode inode : table.values()) {
            long since = inode.since; // others change it while this sorts
            if (since != 0) {
                list.add(new Aged(inode, since));
            }
        }
        list.sort(Comparator.comparingLong(Aged::since));
        List<Inode> inodes = new ArrayList<>(list.size());
        list.forEach(aged -> inodes.add(aged.inode));
        return inodes;
    }

    /** Forgets all, in a rollback. */
    public void clear() {
        table.clear();
        holds.clear();
    }
}
