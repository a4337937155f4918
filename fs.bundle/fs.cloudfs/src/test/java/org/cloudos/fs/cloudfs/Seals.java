package org.cloudos.fs.cloudfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Digest;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;

/** Where the checksums of an image in the clear stand; gives what was changed good ones again, up to the superblocks, as an attacker would. */
final class Seals {
    private static final int LOG_MAGIC = 'C' | 'F' << 8 | 'S' << 16 | 'L' << 24, HEADER = 64, CRC = 4;
    /** In a superblock, its own digest. */
    private static final int OWN_DIGEST = Layout.BLOCK - Digest.BYTES;
    private static final int MOST_BATCH = 64, DEEPEST = 8;
    final List<Long> nodes = new ArrayList<>();
    final List<Long> used = new ArrayList<>();
    final List<Long> batches = new ArrayList<>();
    /** Of data: its block, block and offset of its sum. */
    final List<long[]> sums = new ArrayList<>();
    private final Map<Long, List<long[]>> pointers = new HashMap<>(); // address of a node: block and offset of what may point to it
    private final SimulatedDevice good;
    private final int blocks;
    private final boolean digests;

    /** @param digests the volume has SHA-256 */
    Seals(SimulatedDevice good, int blocks, boolean digests) {
        this.good = good;
        this.blocks = blocks;
        this.digests = digests;
        Map<Long, Long> data = new HashMap<>();
        for (long b = Layout.SUPERBLOCK; b < blocks; b++) {
            byte[] block = good.block(b);
            if (Arrays.equals(block, new byte[Layout.BLOCK])) {
                continue;
            }
            used.add(b);
            if (Le.i32(block, 0) == Page.MAGIC) {
                nodes.add(b);
            } else if (Le.i32(block, 0) == LOG_MAGIC) {
                batches.add(b);
            } else {
                data.put(begin(sum(block), 0), b);
            }
        }
        List<Long> all = new ArrayList<>(nodes);
        all.addAll(List.of(16L, 17L));
        all.forEach(at -> index(at, data));
    }

    private void index(long at, Map<Long, Long> data) {
        byte[] page = whole(good, at);
        for (int i = HEADER; i < page.length - 28; i++) {
            long value = Le.i64(page, i);
            if (value > 0 && value < blocks && Le.i32(good.block(value), 0) == Page.MAGIC) {
                pointers.computeIfAbsent(value, _ -> new ArrayList<>()).add(new long[] {at, i});
            }
            Long block = at < Layout.LOG ? null : data.get(begin(page, i));
            if (block != null) {
                sums.add(new long[] {block, at, i});
            }
        }
    }

    private long begin(byte[] sum, int at) {
        return digests ? Le.i64(sum, at) : Le.i32(sum, at);
    }

    /** Of a data block, as it stands in an extent. */
    private byte[] sum(byte[] block) {
        byte[] sum = new byte[digests ? Digest.BYTES : CRC];
        if (digests) {
            Digest.of(block, 0, Layout.BLOCK).write(sum, 0);
        } else {
            Le.i32(sum, 0, Crc.of(block, 0, Layout.BLOCK));
        }
        return sum;
    }

    /** A block, or the node that begins with it. */
    static byte[] whole(SimulatedDevice device, long block) {
        byte[] first = device.block(block);
        if (Le.i32(first, 0) != Page.MAGIC || block < Layout.LOG) {
            return first.clone();
        }
        byte[] all = new byte[Layout.NODE];
        for (int i = 0; i < Layout.NODE_BLOCKS; i++) {
            System.arraycopy(device.block(block + i), 0, all, i * Layout.BLOCK, Layout.BLOCK);
        }
        return all;
    }

    static void put(SimulatedDevice device, long block, byte[] all) {
        for (int i = 0; i < all.length / Layout.BLOCK; i++) {
            device.damage(block + i, Arrays.copyOfRange(all, i * Layout.BLOCK, (i + 1) * Layout.BLOCK));
        }
    }

    static void superblock(SimulatedDevice device, long block, byte[] all, boolean digests) {
        if (digests) {
            Digest.of(all, 12, OWN_DIGEST - 12).write(all, OWN_DIGEST);
        }
        Le.i32(all, 8, Crc.of(all, 12, Layout.BLOCK - 12));
        put(device, block, all);
    }

    /** A batch of the log, or null for one whose length is no more to be believed. */
    byte[] batch(SimulatedDevice device, long block) {
        int bytes = Le.i32(device.block(block), 48), length = blocks(bytes);
        if (bytes <= 0 || length > MOST_BATCH) {
            return null;
        }
        byte[] all = new byte[length * Layout.BLOCK];
        for (int i = 0; i < length; i++) {
            System.arraycopy(device.block(block + i), 0, all, i * Layout.BLOCK, Layout.BLOCK);
        }
        return all;
    }

    private int blocks(int bytes) {
        return (HEADER + bytes + (digests ? Digest.BYTES : 0) + Layout.BLOCK - 1) / Layout.BLOCK;
    }

    /** @param bytes of records before it was changed */
    void batch(SimulatedDevice device, long block, byte[] all, int bytes) {
        int length = Le.i32(all, 48);
        int summed = HEADER + (length >= 0 && length <= all.length - HEADER - (digests ? Digest.BYTES : 0) ? length : bytes);
        if (digests) {
            Digest.of(all, 8, summed - 8).write(all, summed);
        }
        Le.i32(all, 4, Crc.of(all, 8, summed - 8));
        put(device, block, all);
    }

    /** A data block and its sum. */
    void data(SimulatedDevice device, long[] sum, byte[] changed) {
        byte[] before = sum(device.block(sum[0])), page = whole(device, sum[1]);
        device.damage(sum[0], changed);
        int at = (int) sum[2];
        if (at + before.length <= page.length && Arrays.equals(page, at, at + before.length, before, 0, before.length)) {
            System.arraycopy(sum(changed), 0, page, at, before.length);
            node(device, sum[1], page);
        }
    }

    /** A node, and all that point to it, up to the superblocks. */
    void node(SimulatedDevice device, long block, byte[] all) {
        node(device, block, all, 0);
    }

    private void node(SimulatedDevice device, long block, byte[] all, int depth) {
        byte[] before = whole(device, block);
        Le.i32(all, 4, Crc.of(all, 8, all.length - 8));
        put(device, block, all);
        if (Le.i32(before, 4) != Le.i32(all, 4) && depth <= DEEPEST) {
            above(device, Le.i64(good.block(block), 24), before, all, depth);
        }
    }

    private void above(SimulatedDevice device, long address, byte[] before, byte[] all, int depth) {
        for (long[] at : pointers.getOrDefault(address, List.of())) {
            byte[] page = whole(device, at[0]);
            int offset = (int) at[1];
            if (offset + 28 > page.length || Le.i64(page, offset) != address || Le.i32(page, offset + 24) != Le.i32(before, 4)) {
                continue;
            }
            Le.i32(page, offset + 24, Le.i32(all, 4));
            if (digests) {
                digest(page, Digest.of(before, 8, before.length - 8), Digest.of(all, 8, all.length - 8));
            }
            if (at[0] < Layout.LOG) {
                superblock(device, at[0], page, digests);
            } else {
                node(device, at[0], page, depth + 1);
            }
        }
    }

    /** Wherever it stands: behind its pointer, at the end of a volume's entry, or in the superblock. */
    private static void digest(byte[] page, Digest before, Digest now) {
        for (int at = HEADER; at <= page.length - Digest.BYTES; at++) {
            if (Le.i64(page, at) == before.a() && Digest.read(page, at).equals(before)) {
                now.write(page, at);
            }
        }
    }
}
