package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.cloudos.fs.ExtendedMode;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Crc;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.fs.cloudfs.format.Le;
import org.cloudos.fs.cloudfs.format.Page;
import org.cloudos.fs.suite.Probe;

/**
 * Makes images that are wrong from one that is good: a volume with folders, files of all kinds, a snapshot, what is committed and what stands
 * in the log. With some of them the checksums are made good again, up to the superblocks, as an attacker would.
 */
final class Forger {
    private static final int SIZE = 16 << 20, BLOCKS = SIZE / Layout.BLOCK, LOG_MAGIC = 'C' | 'F' << 8 | 'S' << 16 | 'L' << 24;
    private final SimulatedDevice good;
    private final SimulatedDevice earlier;
    private final List<Long> nodes = new ArrayList<>();
    private final List<Long> used = new ArrayList<>();
    private final List<Long> batches = new ArrayList<>();
    private final Map<Long, List<long[]>> pointers = new HashMap<>(); // address of a node: block and offset of what may point to it
    private final List<long[]> sums = new ArrayList<>(); // of data: its block, block and offset of its sum

    /** @param codec of the volume's files */
    Forger(String codec) throws FsException {
        SimulatedDevice device = Bench.formatted(SIZE, codec);
        var volume = Bench.open(device);
        Probe probe = new Probe(volume.head());
        work(probe, volume.head(), "d");
        volume.head().sync();
        volume.catalog().snapshot(5, "s", new UUID(1, 2));
        earlier = device.copy();
        work(probe, volume.head(), "e");
        probe.write(probe.lookup(FileSystem.ROOT, "d-big").node(), 50_000, bytes(20_000, 9));
        volume.head().sync();
        for (int i = 0; i < 9; i++) { // in the log alone
            probe.write(probe.file(FileSystem.ROOT, "late" + i), 0, bytes(500 + 900 * i, 3));
            volume.head().sync(probe.lookup(FileSystem.ROOT, "late" + i).node(), false);
        }
        good = device.copy();
        volume.abandon();
        index();
    }

    private static void work(Probe probe, FileSystem fs, String name) throws FsException {
        long folder = probe.folder(FileSystem.ROOT, name);
        for (int i = 0; i < 60; i++) {
            long file = probe.file(folder, "f" + i);
            probe.write(file, i % 7 * 4096L, bytes(100 + i * 50, i));
            if (i % 9 == 0) {
                fs.setExtended(file, "user.x", bytes(40 * i, i), ExtendedMode.SET);
                fs.link(file, FileSystem.ROOT, name + i);
            }
        }
        byte[] text = new byte[300_000];
        for (int i = 0; i < text.length; i++) {
            text[i] = (byte) (i % 97 + i / 5000);
        }
        probe.write(probe.file(FileSystem.ROOT, name + "-big"), 0, text);
    }

    private void index() {
        Map<Integer, Long> data = new HashMap<>();
        for (long b = Layout.SUPERBLOCK; b < BLOCKS; b++) {
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
                data.put(Crc.of(block, 0, Layout.BLOCK), b);
            }
        }
        List<Long> all = new ArrayList<>(nodes);
        all.addAll(List.of(16L, 17L));
        for (long at : all) {
            byte[] page = whole(good, at);
            for (int i = 64; i < page.length - 28; i++) {
                long value = Le.i64(page, i);
                if (value > 0 && value < BLOCKS && Le.i32(good.block(value), 0) == Page.MAGIC) {
                    pointers.computeIfAbsent(value, _ -> new ArrayList<>()).add(new long[] {at, i});
                }
                Long block = at < 32 ? null : data.get(Le.i32(page, i));
                if (block != null) {
                    sums.add(new long[] {block, at, i});
                }
            }
        }
    }

    SimulatedDevice forge(Random random) {
        SimulatedDevice bad = good.copy();
        switch (random.nextInt(14)) {
            case 0 -> superblock(bad, random);
            case 1, 2 -> log(bad, random);
            case 3 -> flip(bad, random);
            case 4 -> swap(bad, random);
            case 5 -> old(bad, random);
            case 6 -> {
                return bad.shortened(random.nextInt(4) == 0 ? random.nextInt(BLOCKS) : used.get(random.nextInt(used.size())));
            }
            case 7, 8 -> data(bad, random);
            default -> node(bad, random);
        }
        return bad;
    }

    private void node(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            long block = nodes.get(random.nextInt(nodes.size()));
            byte[] all = whole(bad, block);
            change(all, 40, random);
            seal(bad, block, all);
        }
    }

    private static void superblock(SimulatedDevice bad, Random random) {
        for (long block = 16; block < 18; block++) {
            byte[] all = whole(bad, block);
            if (random.nextInt(3) > 0) {
                change(all, 32, random);
            }
            put(bad, block, all);
            reseal(bad, block);
        }
    }

    private static void change(byte[] all, int from, Random random) {
        for (int n = 1 + random.nextInt(6); n > 0; n--) {
            int room = all.length - 8 - from;
            int at = from + (random.nextInt(3) == 0 ? random.nextInt(room) : random.nextInt(Math.min(500, room)));
            switch (random.nextInt(4)) {
                case 0, 1 -> all[at] ^= (byte) (1 << random.nextInt(8));
                case 2 -> Le.i64(all, at, random.nextInt(9000));
                default -> Le.i64(all, at, random.nextBoolean() ? random.nextLong() : -1L >>> random.nextInt(64));
            }
        }
    }

    /** A batch of records: its header behind the checksum, and its records. */
    private void log(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(3); k > 0; k--) {
            long block = batches.get(random.nextInt(batches.size()));
            int bytes = Le.i32(bad.block(block), 48), blocks = (64 + bytes + Layout.BLOCK - 1) / Layout.BLOCK;
            if (bytes <= 0 || blocks > 64) {
                continue; // forged before
            }
            byte[] all = new byte[blocks * Layout.BLOCK];
            for (int i = 0; i < blocks; i++) {
                System.arraycopy(bad.block(block + i), 0, all, i * Layout.BLOCK, Layout.BLOCK);
            }
            byte[] records = Arrays.copyOf(all, Math.max(200, 64 + bytes));
            change(records, random.nextInt(4) == 0 ? 24 : 64, random);
            System.arraycopy(records, 0, all, 0, Math.min(records.length, all.length));
            int length = Le.i32(all, 48);
            Le.i32(all, 4, Crc.of(all, 8, 56 + (length >= 0 && length <= all.length - 64 ? length : bytes)));
            put(bad, block, all);
        }
    }

    /** What the checksums are for. */
    private void flip(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(20); k > 0; k--) {
            long block = used.get(random.nextInt(used.size()));
            byte[] all = bad.block(block).clone();
            if (random.nextInt(3) == 0) {
                Arrays.fill(all, random.nextInt(Layout.BLOCK), Layout.BLOCK, (byte) random.nextInt(2));
            } else {
                all[random.nextInt(Layout.BLOCK)] ^= (byte) (1 << random.nextInt(8));
            }
            bad.damage(block, all);
        }
    }

    private void swap(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(10); k > 0; k--) {
            List<Long> of = random.nextBoolean() ? nodes : used;
            long a = of.get(random.nextInt(of.size())), b = of.get(random.nextInt(of.size()));
            byte[] first = whole(bad, a), second = whole(bad, b);
            int length = Math.min(first.length, second.length);
            put(bad, a, Arrays.copyOf(second, length));
            put(bad, b, Arrays.copyOf(first, length));
        }
    }

    /** Blocks as they were at the snapshot: the device lost what came later. */
    private void old(SimulatedDevice bad, Random random) {
        int one = 1 + random.nextInt(30);
        for (long block : used) {
            if (random.nextInt(one) == 0) {
                bad.damage(block, earlier.block(block).clone());
            }
        }
    }

    /** Bytes that no writer made, packed or plain, with good sums. */
    private void data(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(5); k > 0; k--) {
            long[] sum = sums.get(random.nextInt(sums.size()));
            byte[] all = bad.block(sum[0]).clone();
            int before = Crc.of(all, 0, all.length);
            change(all, 0, random);
            bad.damage(sum[0], all);
            byte[] page = whole(bad, sum[1]);
            if (Le.i32(page, (int) sum[2]) == before) {
                Le.i32(page, (int) sum[2], Crc.of(all, 0, all.length));
                seal(bad, sum[1], page);
            }
        }
    }

    private static byte[] whole(SimulatedDevice device, long block) {
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

    private static void put(SimulatedDevice device, long block, byte[] all) {
        for (int i = 0; i < all.length / Layout.BLOCK; i++) {
            device.damage(block + i, Arrays.copyOfRange(all, i * Layout.BLOCK, (i + 1) * Layout.BLOCK));
        }
    }

    private static void reseal(SimulatedDevice device, long superblock) {
        byte[] all = device.block(superblock).clone();
        Le.i32(all, 8, Crc.of(all, 12, Layout.BLOCK - 12));
        device.damage(superblock, all);
    }

    /** A node's checksum, and all that point to it, up to the superblocks. */
    private void seal(SimulatedDevice device, long block, byte[] all) {
        int before = Le.i32(all, 4), now = Crc.of(all, 8, all.length - 8);
        Le.i32(all, 4, now);
        put(device, block, all);
        above(device, Le.i64(good.block(block), 24), before, now, 0);
    }

    private void above(SimulatedDevice device, long address, int before, int now, int depth) {
        for (long[] at : pointers.getOrDefault(address, List.of())) {
            byte[] page = whole(device, at[0]);
            int offset = (int) at[1];
            if (before == now || offset + 28 > page.length || Le.i64(page, offset) != address || Le.i32(page, offset + 24) != before) {
                continue;
            }
            Le.i32(page, offset + 24, now);
            if (at[0] < Layout.LOG) {
                put(device, at[0], page);
                reseal(device, at[0]);
            } else if (depth < 8) {
                int was = Le.i32(page, 4);
                Le.i32(page, 4, Crc.of(page, 8, page.length - 8));
                put(device, at[0], page);
                above(device, Le.i64(good.block(at[0]), 24), was, Le.i32(page, 4), depth + 1);
            }
        }
    }
}
