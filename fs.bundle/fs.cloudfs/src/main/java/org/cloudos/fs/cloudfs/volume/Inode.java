package org.cloudos.fs.cloudfs.volume;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** An inode in memory: what was written to it and is not on the medium yet. */
public final class Inode {
    /** A block of the file as it was written. */
    public static final class Block {
        public final MemorySegment memory;
        /** What is not in the log yet: from {@code low} to {@code high}. */
        public int low;
        public int high;

        public Block(MemorySegment memory) {
            this.memory = memory;
        }
    }

    public final Subvolume subvolume;
    public final InodeData data;
    /** Guards the contents: shared by readers, alone by writers. */
    public final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    /** By block number in the file; guarded by lock. */
    public final TreeMap<Long, Block> blocks = new TreeMap<>();
    /** Log records with contents that are in no extent yet; guarded by the tree lock. */
    public final List<byte[]> logged = new ArrayList<>();
    /** The item is older than the data. */
    public volatile boolean unsaved;
    /** When the oldest unsaved contents came, in nanoseconds of the volume's clock; 0: none. Guarded by lock. */
    public volatile long since;
    /** Packs in a row that were not smaller. A hint: several writers may count at once. */
    public volatile int unpackable;
    volatile boolean gone;
    int pins; // guarded by its bucket in Inodes

    Inode(Subvolume subvolume, InodeData data) {
        this.subvolume = subvolume;
        this.data = data;
    }

    public long number() {
        return data.number;
    }

    /** In use by an operation. */
    public boolean busy() {
        return pins > 0;
    }

    public boolean gone() {
        return gone;
    }

    public void markGone() {
        gone = true;
    }
}
