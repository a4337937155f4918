package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;

import java.util.ArrayList;
import java.util.Arrays;
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
import org.cloudos.fs.cloudfs.medium.BlockCipher;
import org.cloudos.fs.cloudfs.mount.Joining;
import org.cloudos.fs.cloudfs.mount.LightKey;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.volume.Settings;
import org.cloudos.fs.suite.Probe;

/**
 * Makes images that are wrong from one that is good: a volume with folders, files of all kinds, a snapshot, what is committed and what stands
 * in the log. With some of them the checksums are made good again, up to the superblocks, as an attacker would.
 */
final class Forger {
    private static final int SIZE = 16 << 20, BLOCKS = SIZE / Layout.BLOCK, DEVICE = 59;
    private final Shape shape;
    private final List<SimulatedDevice> volume = new ArrayList<>(); // as it is on its devices
    private final BlockCipher cipher;
    private final SimulatedDevice good; // its first device, in the clear
    private final SimulatedDevice earlier;
    private final Seals seals;

    /** @param codec of the volume's files */
    record Shape(String codec, boolean digests, boolean encrypted, Mirror mirror) {
        enum Mirror { NONE, WHOLE, BEHIND }

        static Shape plain(String codec) {
            return new Shape(codec, false, false, Mirror.NONE);
        }
    }

    /**
     * @param devices all of the volume's
     * @param opened  those that are mounted
     */
    record Forged(List<SimulatedDevice> devices, List<SimulatedDevice> opened) {
        Forged copy() {
            List<SimulatedDevice> copies = devices.stream().map(SimulatedDevice::copy).toList();
            return new Forged(copies, opened.stream().map(d -> copies.get(devices.indexOf(d))).toList());
        }

        OpenVolume open() throws FsException {
            Settings settings = opened.size() < devices.size() ? Bench.SETTINGS.alone() : Bench.SETTINGS;
            return OpenVolume.open(List.copyOf(opened), settings, Bench.PASSPHRASE, false, Map.of());
        }
    }

    Forger(Shape shape) throws FsException {
        this.shape = shape;
        List<SimulatedDevice> devices = new ArrayList<>();
        for (int i = 0; i < (shape.mirror == Shape.Mirror.NONE ? 1 : 2); i++) {
            devices.add(new SimulatedDevice(SIZE, "disk" + i));
        }
        Bench.format(devices, shape.codec, shape.digests, shape.encrypted, new Random(42));
        cipher = shape.encrypted ? LightKey.of(devices.getFirst(), Bench.PASSPHRASE).cipher() : null;
        var opened = new Forged(devices, devices).open();
        Probe probe = new Probe(opened.head());
        work(probe, opened.head(), "d");
        opened.head().sync();
        opened.catalog().snapshot(5, "s", new UUID(1, 2));
        earlier = clear(devices.getFirst());
        if (shape.mirror == Shape.Mirror.BEHIND) {
            devices.getLast().pulled(true);
        }
        work(probe, opened.head(), "e");
        probe.write(probe.lookup(FileSystem.ROOT, "d-big").node(), 50_000, bytes(20_000, 9));
        opened.head().sync();
        if (shape.mirror == Shape.Mirror.BEHIND) {
            devices.getLast().pulled(false);
            new Joining(opened.volume()).attach(devices.getLast(), null, false);
        }
        for (int i = 0; i < 9; i++) { // in the log alone
            probe.write(probe.file(FileSystem.ROOT, "late" + i), 0, bytes(500 + 900 * i, 3));
            opened.head().sync(probe.lookup(FileSystem.ROOT, "late" + i).node(), false);
        }
        devices.forEach(d -> volume.add(d.copy()));
        opened.abandon();
        good = clear(volume.getFirst());
        seals = new Seals(good, BLOCKS, shape.digests);
    }

    private SimulatedDevice clear(SimulatedDevice device) {
        SimulatedDevice clear = device.copy();
        for (long block = Layout.LOG; cipher != null && block < BLOCKS; block++) {
            if (!Arrays.equals(device.block(block), new byte[Layout.BLOCK])) { // what was never written
                byte[] all = device.block(block).clone();
                cipher.decrypt(all, 0, all.length, block);
                clear.damage(block, all);
            }
        }
        return clear;
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

    Forged forge(Random random) {
        SimulatedDevice bad = good.copy();
        long end = BLOCKS;
        switch (random.nextInt(14)) {
            case 0 -> superblock(bad, random);
            case 1, 2 -> log(bad, random);
            case 3 -> flip(bad, random);
            case 4 -> swap(bad, random);
            case 5 -> old(bad, random);
            case 6 -> end = random.nextInt(4) == 0 ? random.nextInt(BLOCKS) : seals.used.get(random.nextInt(seals.used.size()));
            case 7, 8 -> data(bad, random);
            default -> node(bad, random);
        }
        List<SimulatedDevice> devices = new ArrayList<>();
        int which = shape.mirror == Shape.Mirror.NONE ? 0 : random.nextInt(4); // both, the first or the second of a mirror
        for (int i = 0; i < volume.size(); i++) {
            SimulatedDevice device = volume.get(i).copy();
            if (which < 2 || which == 2 + i) {
                render(bad, device, i);
                device = end < BLOCKS ? device.shortened(end) : device;
            }
            devices.add(device);
        }
        if (shape.mirror != Shape.Mirror.NONE && random.nextInt(3) == 0) {
            membership(devices.get(random.nextInt(2)), random);
        }
        List<SimulatedDevice> opened = devices.size() > 1 && random.nextInt(3) == 0 ? List.of(devices.get(random.nextInt(2))) : devices;
        return new Forged(devices, opened);
    }

    /** What was changed in the clear, as this device has it. */
    private void render(SimulatedDevice bad, SimulatedDevice device, int number) {
        for (long block = 0; block < BLOCKS; block++) {
            if (Arrays.equals(bad.block(block), good.block(block))) {
                continue;
            }
            byte[] all = bad.block(block).clone();
            if (block < Layout.CLAIM && number > 0) {
                all[DEVICE] = volume.get(number).block(block)[DEVICE];
                Seals.superblock(device, block, all, shape.digests);
                continue;
            }
            if (cipher != null && block >= Layout.LOG) {
                cipher.encrypt(all, 0, all.length, block);
            }
            device.damage(block, all);
        }
    }

    /** Of a mirror that was degraded; of another one, what stands there was never written. */
    private static void membership(SimulatedDevice device, Random random) {
        for (int block = Layout.MEMBERS; block < Layout.MEMBERS + 2; block++) {
            byte[] all = device.block(block).clone();
            byte[] begin = Arrays.copyOf(all, Layout.BLOCK / 8);
            change(begin, random.nextInt(3) == 0 ? 12 : 32, random);
            System.arraycopy(begin, 0, all, 0, begin.length);
            Le.i32(all, 8, Crc.of(all, 12, begin.length - 12));
            device.damage(block, all);
        }
    }

    private void node(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(4); k > 0; k--) {
            long block = seals.nodes.get(random.nextInt(seals.nodes.size()));
            byte[] all = Seals.whole(bad, block);
            change(all, 40, random);
            seals.node(bad, block, all);
        }
    }

    private void superblock(SimulatedDevice bad, Random random) {
        for (long block = 16; block < 18; block++) {
            byte[] all = Seals.whole(bad, block);
            if (random.nextInt(3) > 0) {
                change(all, 32, random);
            }
            Seals.superblock(bad, block, all, shape.digests);
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
            long block = seals.batches.get(random.nextInt(seals.batches.size()));
            byte[] all = seals.batch(bad, block);
            if (all == null) {
                continue; // forged before
            }
            int bytes = Le.i32(all, 48);
            byte[] records = Arrays.copyOf(all, Math.max(200, 64 + bytes));
            change(records, random.nextInt(4) == 0 ? 24 : 64, random);
            System.arraycopy(records, 0, all, 0, Math.min(records.length, all.length));
            seals.batch(bad, block, all, bytes);
        }
    }

    /** What the checksums are for. */
    private void flip(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(20); k > 0; k--) {
            long block = seals.used.get(random.nextInt(seals.used.size()));
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
            List<Long> of = random.nextBoolean() ? seals.nodes : seals.used;
            long a = of.get(random.nextInt(of.size())), b = of.get(random.nextInt(of.size()));
            byte[] first = Seals.whole(bad, a), second = Seals.whole(bad, b);
            int length = Math.min(first.length, second.length);
            Seals.put(bad, a, Arrays.copyOf(second, length));
            Seals.put(bad, b, Arrays.copyOf(first, length));
        }
    }

    /** Blocks as they were at the snapshot: the device lost what came later. */
    private void old(SimulatedDevice bad, Random random) {
        int one = 1 + random.nextInt(30);
        for (long block : seals.used) {
            if (random.nextInt(one) == 0) {
                bad.damage(block, earlier.block(block).clone());
            }
        }
    }

    /** Bytes that no writer made, packed or plain, with good sums. */
    private void data(SimulatedDevice bad, Random random) {
        for (int k = 1 + random.nextInt(5); k > 0; k--) {
            long[] sum = seals.sums.get(random.nextInt(seals.sums.size()));
            byte[] all = bad.block(sum[0]).clone();
            change(all, 0, random);
            seals.data(bad, sum, all);
        }
    }
}
