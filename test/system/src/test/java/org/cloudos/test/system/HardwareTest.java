package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Devices that QEMU emulates, driven by our bundles alone; what they wrote is compared with the images outside. */
class HardwareTest {
    private static final int BYTES = 16 << 20;
    private static final int PLUGS = 2;
    private static final long FRAMES = 5_000;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void ourDriversDriveWhatQemuHas() throws Exception {
        try (FramePeer peer = new FramePeer(); FramePeer jumbo = new FramePeer();
                Machine machine = Machine.withDevices(home, "hardware", HardwareDevices.all(home, peer, jumbo))) {
            peer.accept();
            jumbo.accept();
            BlockVisit disks = new BlockVisit(machine, home, BYTES);
            disks.all();
            disks.readsTheCd();
            disks.failuresHaveTheDevicesWords();
            leavesLinuxWhatGoesRoundTheMmu(machine);
            new ScreenVisit(machine, home).all();
            sendsAndReceives(machine);
            framesThroughLinux(machine);
            new HalVisit(machine).all();
            FrameVisit frames = new FrameVisit(machine, FRAMES);
            frames.exchange(peer, "vnet1", 1518);
            frames.exchange(jumbo, "e1", 1518);
            frames.swaps(peer, "vnet1", NextVersion.of(home, "drv.virtionet", "0.1.1"), NextVersion.of(home, "drv.virtionet", "0.1.2"), false);
            swapsADriverThatWorks(machine);
            try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
                PlugVisit plugs = new PlugVisit(machine, monitor, home);
                for (int i = 0; i < PLUGS; i++) {
                    plugs.nvme(i);
                }
            }
            machine.ssh("bench:check --seed 21 --bytes 4194304 nvme0n1").expect(0); // the others work on
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
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
        NextVersion next = NextVersion.of(home, "drv.nvme", "0.1.1");
        AtomicBoolean swapped = new AtomicBoolean();
        CompletableFuture<Void> writing = CompletableFuture.runAsync(() -> {
            try {
                do {
                    machine.ssh("bench:pattern --seed 21 --bytes " + HardwareDevices.DISK + " nvme0n1").expect(0);
                } while (!swapped.get());
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }, FrameVisit.THREADS);
        Command swap = machine.deploy(next.jar());
        swapped.set(true);
        writing.get(10, TimeUnit.MINUTES);
        assertEquals(0, swap.status(), swap.toString());
        machine.ssh("bench:check --seed 21 --bytes " + HardwareDevices.DISK + " nvme0n1").expect(0);
        Pattern.compare(home.resolve("nvme.img"), 21, 0, BYTES);
        String devices = machine.ssh("hal:devices --json").expect(0).out();
        assertTrue(devices.contains("\"0.1.1\""), devices);
    }
}
