package org.cloudos.fs.cloudfs.file;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Extent;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.volume.Inode;
import org.cloudos.fs.cloudfs.volume.Subvolume;
import org.cloudos.fs.cloudfs.volume.Volume;

/** Brings what is in slots to extents. */
public final class Writeback {
    /** Extents of one change: its record stays below the log's buffer. */
    private static final int MOST = 64;
    private final Volume volume;
    private final Placement placement;
    private final Buffers buffers;

    Writeback(Volume volume, Placement placement, Buffers buffers) {
        this.volume = volume;
        this.placement = placement;
        this.buffers = buffers;
    }

    /** All of a file. Preconditions: its lock is held alone. */
    public void run(Inode inode) throws FsException {
        if (inode.gone() || inode.blocks.isEmpty() && inode.logged.isEmpty()) {
            return;
        }
        volume.writable();
        int released = 0;
        if (inode.blocks.isEmpty()) {
            change(inode, List.of(), true);
        } else if (fitsInline(inode)) {
            inline(inode);
        } else {
            released = runs(inode);
        }
        drop(inode, 0, Long.MAX_VALUE, released);
    }

    private static boolean fitsInline(Inode inode) {
        return inode.data.isFile() && inode.data.size <= Layout.INLINE && inode.blocks.size() == 1 && inode.blocks.containsKey(0L);
    }

    private void inline(Inode inode) throws FsException {
        byte[] bytes = new byte[(int) inode.data.size];
        MemorySegment.copy(inode.blocks.get(0L).memory, java.lang.foreign.ValueLayout.JAVA_BYTE, 0, bytes, 0, bytes.length);
        volume.change(inode.subvolume, change -> {
            Extents.punch(change, inode.subvolume, inode.data, 0, Extents.END);
            if (bytes.length > 0) {
                Extents.put(change, inode.data, Extent.inline(bytes, bytes.length));
            }
            change.written(inode);
            save(inode, inode.data.size);
            change.put(inode.data);
            return null;
        });
    }

    private static void save(Inode inode, long size) {
        synchronized (inode.data) {
            inode.data.savedSize = Math.max(inode.data.savedSize, size);
        }
    }

    /**
     * Blocks go to the medium in large pieces, also when they are scattered over the file: single ones lie side by side there. What is packed
     * stays a run of the file, since packs are made of neighbours. What is held for a block is released as soon as the block has its place: both
     * together would look like a fuller volume, and the last blocks would find no room in what is kept for nodes.
     *
     * @return how many were released
     */
    private int runs(Inode inode) throws FsException {
        MemorySegment buffer = buffers.take();
        List<Extent> placed = new ArrayList<>();
        int released = 0;
        try {
            int mostRuns = placement.packs(inode) ? 1 : MOST;
            long[] numbers = new long[Layout.EXTENT_BLOCKS];
            int n = 0, runs = 0;
            for (Map.Entry<Long, Inode.Block> entry : inode.blocks.entrySet()) {
                boolean goesOn = n > 0 && entry.getKey() == numbers[n - 1] + 1;
                if (n == numbers.length || !goesOn && runs == mostRuns) {
                    released += place(inode, numbers, n, buffer, placed);
                    n = runs = 0;
                    if (placed.size() >= MOST) {
                        change(inode, placed, false);
                        placed.clear();
                    }
                }
                if (n == 0 || !goesOn) {
                    runs++;
                }
                MemorySegment.copy(entry.getValue().memory, 0, buffer, (long) n << Layout.BLOCK_SHIFT, Layout.BLOCK);
                numbers[n++] = entry.getKey();
            }
            released += place(inode, numbers, n, buffer, placed);
            change(inode, placed, true);
            placed.clear();
            return released;
        } catch (FsException e) {
            volume.release(-released); // they wait on
            placement.abandon(placed);
            throw e;
        } finally {
            buffers.give(buffer);
        }
    }

    private int place(Inode inode, long[] numbers, int n, MemorySegment buffer, List<Extent> placed) throws FsException {
        List<Extent> more = placement.write(inode, numbers, n, buffer);
        int stored = more.stream().mapToInt(Extent::stored).sum();
        volume.release(stored);
        placed.addAll(more);
        return stored;
    }

    /**
     * Extents that are on their way to the medium take the place of what was there.
     *
     * @param last all contents are in extents then; else those before the end of the last of these
     */
    void change(Inode inode, List<Extent> placed, boolean last) throws FsException {
        Subvolume s = inode.subvolume;
        volume.change(s, change -> {
            for (Extent e : placed) {
                Extents.punch(change, s, inode.data, e.from(), e.end());
                change.use(e.address(), e.stored());
                Extents.put(change, inode.data, e);
            }
            if (last) {
                change.written(inode);
                save(inode, inode.data.size);
            } else {
                change.written(inode, placed.getLast().end());
                save(inode, Math.min(inode.data.size, placed.getLast().end() << Layout.BLOCK_SHIFT));
            }
            change.put(inode.data);
            return null;
        });
    }

    /** Forgets what is in slots. Preconditions: the inode's lock is held alone. */
    public void drop(Inode inode) {
        drop(inode, 0, Long.MAX_VALUE);
    }

    /** Forgets the blocks from {@code from} to before {@code to}. */
    public void drop(Inode inode, long from, long to) {
        drop(inode, from, to, 0);
    }

    /** @param released of what was held for them */
    private void drop(Inode inode, long from, long to, int released) {
        var range = inode.blocks.subMap(from, true, to, false);
        int n = 0;
        for (Inode.Block block : range.values()) {
            volume.slots.give(block.memory);
            n++;
        }
        range.clear();
        volume.release(n - released);
        inode.subvolume.quotas.pending(inode.data.quota, -n);
        if (inode.blocks.isEmpty()) {
            inode.since = 0;
        }
    }
}
