package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Devices that QEMU emulates, driven by our bundles alone; what they wrote is compared with the images outside. */
class HardwareTest {
    private static final int BYTES = 16 << 20;
    private static final long DISK = 64L << 20;
    private static final int PLUGS = Integer.getInteger("cloudos.test.plugs", 2);
    private static final long FRAMES = Long.getLong("cloudos.test.frames", 5_000);
    private static final int CD = 1 << 20;
    /** Where reads of the disks behind QEMU's blkdebug fail. */
    private static final long BAD = 40L << 20;
    private static final String VIRTIO = ",disable-legacy=on,iommu_platform=on";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void ourDriversDriveWhatQemuHas() throws Exception {
        try (FramePeer peer = new FramePeer(); FramePeer jumbo = new FramePeer();
                Machine machine = Machine.withDevices(home, "hardware", devices(peer, jumbo))) {
            peer.accept();
            jumbo.accept();
            writesWhatTheHostReads(machine, "nvme0n1", "nvme");
            writesWhatTheHostReads(machine, "vda", "split");
            writesWhatTheHostReads(machine, "vdb", "packed");
            writesWhatTheHostReads(machine, "ahci0p0", "sata");
            machine.ssh("bench:check --seed 5 --bytes " + CD + " ahci0p1").expect(0); // a CD-ROM
            assertNotEquals(0, machine.ssh("bench:pattern --bytes 4096 ahci0p1").status(), "it is read-only");
            failuresHaveTheDevicesWords(machine);
            leavesLinuxWhatGoesRoundTheMmu(machine);
            new ScreenVisit(machine, home).all();
            sendsAndReceives(machine);
            framesThroughLinux(machine);
            exchangesFramesWithTheHost(machine, peer, "vnet1", 1518);
            exchangesFramesWithTheHost(machine, jumbo, "e1", 1518);
            swapsADriverThatWorks(machine);
            try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
                for (int i = 0; i < PLUGS; i++) {
                    nvmeComesAndGoes(machine, monitor, i);
                }
            }
            machine.ssh("bench:check --seed 21 --bytes 4194304 nvme0n1").expect(0); // the others work on
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    /** What takes long: many frames, drivers swapped under traffic, devices that come and go many times. Numbers by properties, see docs/hal.md. */
    @Test
    @EnabledIfSystemProperty(named = "cloudos.test.endurance", matches = "true")
    void ourDriversEndure() throws Exception {
        try (FramePeer peer = new FramePeer(); FramePeer jumbo = new FramePeer();
                Machine machine = Machine.withDevices(home, "hardware", devices(peer, jumbo))) {
            peer.accept();
            jumbo.accept();
            machine.ssh("bench:pattern --seed 21 nvme0n1").expect(0);
            sendsAndReceives(machine);
            exchangesFramesWithTheHost(machine, peer, "vnet1", 1518);
            exchangesFramesWithTheHost(machine, jumbo, "e1", 1518);
            receives(machine, jumbo, "e1", 9018, 32);
            swapsNetworkDriversUnderTraffic(machine, peer, jumbo);
            try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
                seesTheLinkGoAndCome(machine, monitor, "b", "vnet0");
                seesTheLinkGoAndCome(machine, monitor, "a", "e0");
                comesAndGoesUnderLoad(machine, monitor);
            }
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private String[] devices(FramePeer peer, FramePeer jumbo) throws IOException {
        Files.write(home.resolve("cd.img"), pattern(5, 0, CD));
        return new String[] {
            "-device", "nvme,id=n,serial=n", "-drive", drive("nvme"), "-device", "nvme-ns,drive=nvme,bus=n,nsid=1",
            "-blockdev", bad("second"), "-device", "nvme-ns,drive=second,bus=n,nsid=2",
            "-drive", drive("split"), "-device", "virtio-blk-pci,drive=split" + VIRTIO,
            "-drive", drive("packed"), "-device", "virtio-blk-pci,drive=packed,packed=on,logical_block_size=4096,physical_block_size=4096" + VIRTIO,
            "-blockdev", bad("third"), "-device", "virtio-blk-pci,drive=third" + VIRTIO,
            "-device", "ahci,id=s", "-drive", drive("sata"), "-device", "ide-hd,drive=sata,bus=s.0",
            "-drive", "if=none,format=raw,readonly=on,id=cd,file=" + home.resolve("cd.img"), "-device", "ide-cd,drive=cd,bus=s.1",
            "-blockdev", bad("fourth"), "-device", "ide-hd,drive=fourth,bus=s.2",
            "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
            "-netdev", "hubport,hubid=1,id=b", "-device", "virtio-net-pci,netdev=b,romfile=" + VIRTIO,
            "-netdev", jumbo.backEnd("c"), "-device", "e1000,netdev=c,romfile=",
            "-netdev", peer.backEnd("d"), "-device", "virtio-net-pci,netdev=d,romfile=" + VIRTIO,
            "-device", "virtio-blk-pci,drive=bypass", "-drive", drive("bypass"),
            "-vga", "std", "-serial", "unix:" + home.resolve("serial") + ",server=on,wait=off",
            "-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-drive", drive("plug"),
            "-device", "pcie-root-port,id=slot2,chassis=2,slot=2", "-drive", drive("plug2"),
            "-qmp", "unix:" + home.resolve("qmp") + ",server=on,wait=off"};
    }

    /** A disk that can't be read at one place. */
    private String bad(String name) throws IOException {
        drive(name);
        return "{\"driver\":\"blkdebug\",\"node-name\":\"" + name + "\",\"image\":{\"driver\":\"file\",\"filename\":\"" + home.resolve(name + ".img")
                + "\"},\"inject-error\":[{\"event\":\"none\",\"iotype\":\"read\",\"errno\":5,\"sector\":" + BAD / 512 + "}]}";
    }

    private String drive(String name) throws IOException {
        Path image = home.resolve(name + ".img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(DISK);
        }
        return "if=none,format=raw,id=" + name + ",file=" + image;
    }

    private void writesWhatTheHostReads(Machine machine, String device, String image) throws Exception {
        machine.ssh("bench:pattern --seed 7 --bytes " + BYTES + " " + device).expect(0);
        machine.ssh("bench:check --seed 7 --bytes " + BYTES + " " + device).expect(0);
        machine.ssh("bench:pattern --seed 9 --from " + (DISK - 65_536) + " --bytes 65536 " + device).expect(0); // the device's end
        compare(image, 7, 0, BYTES);
        compare(image, 9, DISK - 65_536, 65_536);
        assertNotEquals(0, machine.ssh("bench:check --from " + DISK + " --bytes 4096 " + device).status(), "behind the end");
    }

    /** As bench:pattern is documented: little-endian words, MurmurHash3's finalizer over seed and offset. */
    private void compare(String image, long seed, long from, int bytes) throws IOException {
        byte[] found = new byte[bytes];
        try (RandomAccessFile file = new RandomAccessFile(home.resolve(image + ".img").toFile(), "r")) {
            file.seek(from);
            file.readFully(found);
        }
        assertArrayEquals(pattern(seed, from, bytes), found, image);
    }

    private static byte[] pattern(long seed, long from, int bytes) {
        ByteBuffer expected = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = from; at < from + bytes; at += 8) {
            long z = seed * 0x9e3779b97f4a7c15L + at;
            z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
            z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
            expected.putLong(z ^ z >>> 33);
        }
        return expected.array();
    }

    /** A place that can't be read: the error names it and what the device said, and the device works on. */
    private static void failuresHaveTheDevicesWords(Machine machine) throws Exception {
        for (String[] disk : new String[][] {{"nvme0n2", "status type 2, code 0x81"}, {"vdc", "virtio status"}, {"ahci0p2", "ATA error 0x04"}}) {
            Command failed = machine.ssh("bench:check --from " + BAD + " --bytes 4096 " + disk[0]);
            assertTrue(failed.status() != 0 && failed.all().contains(disk[1]) && failed.all().contains("read of blocks " + BAD / 512), failed.toString());
            machine.ssh("bench:pattern --seed 3 --bytes 1048576 " + disk[0]).expect(0);
            machine.ssh("bench:check --seed 3 --bytes 1048576 " + disk[0]).expect(0);
        }
    }

    /** All sizes both ways, whole and in order, with and without a VLAN's tag. */
    private static void exchangesFramesWithTheHost(Machine machine, FramePeer peer, String device, int largest) throws Exception {
        for (int vlan : new int[] {0, 5}) {
            CompletableFuture<Command> sending = sending(machine, "bench:send --frames " + FRAMES + " --vlan " + vlan + " " + device);
            peer.expect(FRAMES, vlan);
            sending.get(10, TimeUnit.MINUTES).expect(0);
        }
        receives(machine, peer, device, largest, 128);
    }

    private static void receives(Machine machine, FramePeer peer, String device, int largest, int window) throws Exception {
        CompletableFuture<Command> receiving = sending(machine, "bench:receive --quiet 60 --answer " + window / 2 + " --frames " + FRAMES + " "
                + device + " --json");
        peer.send(FRAMES, largest, window);
        JsonObject received = JsonParser.parseString(receiving.get(10, TimeUnit.MINUTES).expect(0).out()).getAsJsonObject();
        for (String what : new String[] {"lost", "disorder", "damaged"}) {
            assertEquals(0, received.get(what).getAsLong(), received.toString());
        }
        assertEquals(FRAMES, received.get("frames").getAsLong());
    }

    private static CompletableFuture<Command> sending(Machine machine, String command) {
        return CompletableFuture.supplyAsync(() -> {
            try {
                return machine.ssh(command);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** The next versions of two drivers come while frames go out: those who send wait, and no frame is lost. */
    private void swapsNetworkDriversUnderTraffic(Machine machine, FramePeer peer, FramePeer jumbo) throws Exception {
        swapsUnderTraffic(machine, peer, "vnet1", "drv.virtionet");
        swapsUnderTraffic(machine, jumbo, "e1", "drv.e1000");
    }

    private void swapsUnderTraffic(Machine machine, FramePeer peer, String device, String bundle) throws Exception {
        long frames = 200_000;
        CompletableFuture<Command> sending = sending(machine, "bench:send --frames " + frames + " --size 1000 " + device + " --json");
        CompletableFuture<Void> checking = CompletableFuture.runAsync(() -> {
            try {
                peer.expect(frames, 0);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        Command swap = machine.deploy(nextVersion(bundle));
        assertEquals(0, swap.status(), swap.toString());
        Command sent = sending.get(10, TimeUnit.MINUTES).expect(0);
        checking.get(10, TimeUnit.MINUTES);
        assertTrue(sent.out().contains("longestGap"), sent.toString());
        Files.writeString(home.resolve(bundle + ".txt"), bundle + " swapped under traffic: " + sent.out().strip() + "\n");
    }

    private static void seesTheLinkGoAndCome(Machine machine, Monitor monitor, String cable, String device) throws Exception {
        for (String state : new String[] {"false", "true"}) {
            monitor.execute("set_link", "{\"name\":\"" + cable + "\",\"up\":" + state + "}");
            String wanted = state.equals("true") ? "link up" : "link down";
            long end = System.nanoTime() + Limits.COMMAND.toNanos();
            while (!describes(machine, device).contains(wanted)) {
                assertTrue(System.nanoTime() < end, device + ": expected " + wanted + ", found " + describes(machine, device));
            }
        }
    }

    private static String describes(Machine machine, String offer) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (e.getAsJsonObject().get("offers").getAsString().equals(offer)) {
                return e.getAsJsonObject().get("description").getAsString();
            }
        }
        return "";
    }

    private static void leavesLinuxWhatGoesRoundTheMmu(Machine machine) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            JsonObject device = e.getAsJsonObject();
            assertTrue(!device.get("state").getAsString().equals("attached") || !device.get("device").getAsString().equals("1af4:1001"),
                    "a device that would go round the I/O MMU: " + device);
        }
    }

    private static void sendsAndReceives(Machine machine) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (e.getAsJsonObject().get("device").getAsString().equals("1af4:1041")) {
                machine.ssh("hal:bind " + e.getAsJsonObject().get("address").getAsString()).expect(0); // Linux had it
            }
        }
        // A hub has no room: more frames than a ring takes may be lost, so each run fits.
        for (int size : new int[] {60, 61, 1000, 1514, 1518}) {
            machine.ssh("bench:pair --frames 200 --size " + size + " e0 vnet0").expect(0);
            machine.ssh("bench:pair --frames 200 --size " + size + " vnet0 e0").expect(0);
        }
    }

    /** A device over TAP and one over AF_PACKET on TAP's other end: what one sends, Linux carries to the other. */
    private static void framesThroughLinux(Machine machine) throws Exception {
        machine.ssh("hal:create tap tap0").expect(0);
        machine.ssh("hal:create packet wire0 interface=tap0").expect(0);
        machine.ssh("bench:pair --frames 200 --size 1000 tap0 wire0").expect(0);
        machine.ssh("bench:pair --frames 200 --size 1514 wire0 tap0").expect(0);
        machine.ssh("hal:remove wire0").expect(0);
        machine.ssh("hal:remove tap0").expect(0);
        machine.ssh("hal:create ram disk0 size=4M").expect(0);
        machine.ssh("bench:pattern --bytes 4194304 disk0").expect(0);
        machine.ssh("bench:check --bytes 4194304 disk0").expect(0);
    }

    /** The next version of the NVMe driver comes while a pattern is written: no request fails, no byte is lost. */
    private void swapsADriverThatWorks(Machine machine) throws Exception {
        Path next = nextVersion("drv.nvme");
        AtomicBoolean swapped = new AtomicBoolean();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                do {
                    machine.ssh("bench:pattern --seed 21 --bytes " + DISK + " nvme0n1").expect(0);
                } while (!swapped.get());
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        });
        Command swap = machine.deploy(next);
        swapped.set(true);
        writing.get(10, TimeUnit.MINUTES);
        assertEquals(0, swap.status(), swap.toString());
        machine.ssh("bench:check --seed 21 --bytes " + DISK + " nvme0n1").expect(0);
        compare("nvme", 21, 0, BYTES);
        String devices = machine.ssh("hal:devices --json").expect(0).out();
        assertTrue(devices.contains("\"0.1.1\""), devices);
    }

    /** Disks are plugged in and pulled out while they are read: their readers get an error, nothing hangs, nothing is left. */
    private void comesAndGoesUnderLoad(Machine machine, Monitor monitor) throws Exception {
        JsonObject after = null;
        for (int i = 0; i < PLUGS; i++) {
            nvmeComesAndGoes(machine, monitor, i);
            comesAndGoes(machine, monitor, "\"driver\":\"virtio-blk-pci\",\"bus\":\"slot2\",\"drive\":\"plug2\",\"disable-legacy\":\"on\","
                    + "\"iommu_platform\":true", "vdd");
            JsonObject held = machine.json("bench:held").getAsJsonObject();
            after = after == null ? held : after; // what the first time leaves behind is kept for the next
            for (String what : new String[] {"devices", "deviceThreads", "lockedKib"}) {
                assertEquals(after.get(what), held.get(what), what + " after " + (i + 1) + " times: " + held + ", after the first " + after);
            }
        }
        machine.ssh("bench:check --seed 21 --bytes 4194304 nvme0n1").expect(0); // the others work on
    }

    private static void nvmeComesAndGoes(Machine machine, Monitor monitor, int i) throws Exception {
        comesAndGoes(machine, monitor, "\"driver\":\"nvme\",\"bus\":\"slot1\",\"drive\":\"plug\",\"serial\":\"p" + i + "\"", "nvme1n1");
    }

    private static void comesAndGoes(Machine machine, Monitor monitor, String device, String disk) throws Exception {
        monitor.execute("device_add", "{\"id\":\"plugged\"," + device + "}");
        await(machine, disk, true);
        CompletableFuture<Command> reading = sending(machine, "bench:block --seconds 120 " + disk);
        monitor.execute("device_del", "{\"id\":\"plugged\"}");
        monitor.await("DEVICE_DELETED");
        await(machine, disk, false);
        assertNotEquals(0, reading.get(10, TimeUnit.MINUTES).status(), "its disk is gone");
    }

    static void await(Machine machine, String disk, boolean there) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (machine.ssh("hal:devices --json").out().contains('"' + disk + '"') != there) {
            assertTrue(System.nanoTime() < end, disk + (there ? " did not come" : " did not go"));
            Thread.sleep(500);
        }
    }

    private Path nextVersion(String bundle) throws IOException {
        Path now = Command.ROOT.resolve("hal.bundle/" + bundle + "/target/" + bundle + "-0.1.0.jar");
        Path next = home.resolve(bundle + "-0.1.1.jar");
        try (JarFile jar = new JarFile(now.toFile())) {
            Manifest manifest = new Manifest(jar.getManifest());
            manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), "0.1.1");
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(next), manifest)) {
                for (ZipEntry entry : jar.stream().filter(e -> !e.getName().equals(JarFile.MANIFEST_NAME)).toList()) {
                    out.putNextEntry(new ZipEntry(entry.getName()));
                    jar.getInputStream(entry).transferTo(out);
                }
            }
        }
        return next;
    }
}
