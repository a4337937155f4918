package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
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
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Devices that QEMU emulates, driven by our bundles alone; what they wrote is compared with the images outside. */
class HardwareTest {
    private static final int BYTES = 16 << 20;
    private static final long DISK = 64L << 20;
    private static final int PLUGS = Integer.getInteger("cloudos.test.plugs", 2);
    private static final String VIRTIO = ",disable-legacy=on,iommu_platform=on";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void ourDriversDriveWhatQemuHas() throws Exception {
        try (Machine machine = Machine.withDevices(home, "hardware",
                "-drive", drive("nvme"), "-device", "nvme,drive=nvme,serial=n",
                "-drive", drive("split"), "-device", "virtio-blk-pci,drive=split" + VIRTIO,
                "-drive", drive("packed"), "-device", "virtio-blk-pci,drive=packed,packed=on,logical_block_size=4096,physical_block_size=4096" + VIRTIO,
                "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
                "-netdev", "hubport,hubid=1,id=b", "-device", "virtio-net-pci,netdev=b,romfile=" + VIRTIO,
                "-device", "virtio-blk-pci,drive=bypass", "-drive", drive("bypass"),
                "-vga", "std", "-serial", "unix:" + home.resolve("serial") + ",server=on,wait=off",
                "-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-drive", drive("plug"),
                "-qmp", "unix:" + home.resolve("qmp") + ",server=on,wait=off")) {
            writesWhatTheHostReads(machine, "nvme0n1", "nvme");
            writesWhatTheHostReads(machine, "vda", "split");
            writesWhatTheHostReads(machine, "vdb", "packed");
            leavesLinuxWhatGoesRoundTheMmu(machine);
            new ScreenVisit(machine, home).all();
            sendsAndReceives(machine);
            framesThroughLinux(machine);
            swapsADriverThatWorks(machine);
            comesAndGoesUnderLoad(machine);
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
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
        ByteBuffer expected = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = from; at < from + bytes; at += 8) {
            long z = seed * 0x9e3779b97f4a7c15L + at;
            z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
            z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
            expected.putLong(z ^ z >>> 33);
        }
        assertArrayEquals(expected.array(), found, image);
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
        Path next = nextVersion();
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

    /** A disk is plugged in and pulled out while it is read: its readers get an error, nothing hangs, nothing is left. */
    private void comesAndGoesUnderLoad(Machine machine) throws Exception {
        try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
            for (int i = 0; i < PLUGS; i++) {
                monitor.execute("device_add", "{\"driver\":\"nvme\",\"id\":\"plugged\",\"bus\":\"slot1\",\"drive\":\"plug\",\"serial\":\"p" + i + "\"}");
                await(machine, "nvme1n1", true);
                CompletableFuture<Command> reading = CompletableFuture.supplyAsync(() -> {
                    try {
                        return machine.ssh("bench:block --seconds 120 nvme1n1");
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });
                monitor.execute("device_del", "{\"id\":\"plugged\"}");
                monitor.await("DEVICE_DELETED");
                await(machine, "nvme1n1", false);
                assertNotEquals(0, reading.get(10, TimeUnit.MINUTES).status(), "its disk is gone");
            }
            machine.ssh("bench:check --seed 21 --bytes 4194304 nvme0n1").expect(0); // the others work on
        }
    }

    static void await(Machine machine, String disk, boolean there) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (machine.ssh("hal:devices --json").out().contains('"' + disk + '"') != there) {
            assertTrue(System.nanoTime() < end, disk + (there ? " did not come" : " did not go"));
            Thread.sleep(500);
        }
    }

    private Path nextVersion() throws IOException {
        Path now = Command.ROOT.resolve("hal.bundle/drv.nvme/target/drv.nvme-0.1.0.jar");
        Path next = home.resolve("drv.nvme-0.1.1.jar");
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
