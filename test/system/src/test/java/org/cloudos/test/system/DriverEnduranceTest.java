package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * What takes long: many frames, drivers swapped under traffic, devices that come and go many times, whole disks. Numbers by properties, see
 * docs/hal.md; what was counted is in target/endurance.txt.
 */
@EnabledIfSystemProperty(named = "cloudos.test.endurance", matches = "true")
class DriverEnduranceTest {
    private static final int PLUGS = Integer.getInteger("cloudos.test.plugs", 50);
    private static final long FRAMES = Long.getLong("cloudos.test.frames", 1_000_000), SWAP_FRAMES = Long.getLong("cloudos.test.swapframes", 100_000);
    private static final int JUMBO_WINDOW = 32;
    private static final long HEAP_KIB = 4 << 10;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @FunctionalInterface
    private interface Visit {
        void of(Machine machine, FramePeer peer, FramePeer jumbo) throws Exception;
    }

    /** @param more words for QEMU */
    private void boot(Visit visit, String... more) throws Exception {
        try (FramePeer peer = new FramePeer(); FramePeer jumbo = new FramePeer();
                Machine machine = Machine.withDevices(home, "hardware", Stream.concat(Stream.of(HardwareDevices.all(home, peer, jumbo)), Stream.of(more))
                        .toArray(String[]::new))) {
            peer.accept();
            jumbo.accept();
            for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
                if (e.getAsJsonObject().get("device").getAsString().equals("1af4:1041")) {
                    machine.ssh("hal:bind " + e.getAsJsonObject().get("address").getAsString()).expect(0); // Linux had it
                }
            }
            visit.of(machine, peer, jumbo);
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private static void note(String what, String found) throws IOException {
        Files.writeString(Path.of("target", "endurance.txt"), what + ":\n" + found.strip() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    @Test
    void framesOfVirtioNet() throws Exception {
        boot((machine, peer, jumbo) -> note("virtio net, " + FRAMES + " frames", new FrameVisit(machine, FRAMES).exchange(peer, "vnet1", 1518)));
    }

    @Test
    void framesOfE1000() throws Exception {
        boot((machine, peer, jumbo) -> note("e1000, " + FRAMES + " frames", new FrameVisit(machine, FRAMES).exchange(jumbo, "e1", 1518)));
    }

    @Test
    void jumboFramesFullRingsAndLinks() throws Exception {
        boot((machine, peer, jumbo) -> {
            FrameVisit frames = new FrameVisit(machine, FRAMES / 10);
            note("e1000, jumbo frames", frames.receive(jumbo, "e1", 9018, JUMBO_WINDOW, 0));
            frames.fillsTheRingToSend(peer, "vnet1");
            frames.fillsTheRingToReceive(peer, "vnet1");
            note("virtio net, full rings", "none lost");
            note("e1000, full ring", frames.comeThrough(jumbo, "e1", () -> { })); // QEMU's card loses what comes then, as a card does
            FrameVisit few = new FrameVisit(machine, 2000);
            try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
                note("virtio net, link down and up", few.comeThrough(peer, "vnet1", () -> seesTheLinkGoAndCome(machine, monitor, "d", "vnet1")));
                note("e1000, link down and up", few.comeThrough(jumbo, "e1", () -> seesTheLinkGoAndCome(machine, monitor, "c", "e1")));
            }
            FrameVisit after = new FrameVisit(machine, 1000);
            after.exchange(peer, "vnet1", 1518);
            after.exchange(jumbo, "e1", 1518);
        });
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

    @Test
    void swapsUnderTraffic() throws Exception {
        boot((machine, peer, jumbo) -> {
            FrameVisit frames = new FrameVisit(machine, SWAP_FRAMES);
            note("swap of drv.virtionet", frames.swaps(peer, "vnet1", NextVersion.of(home, "drv.virtionet", "0.1.1"),
                    NextVersion.of(home, "drv.virtionet", "0.1.2"), true));
            note("swap of drv.e1000", frames.swaps(jumbo, "e1", NextVersion.of(home, "drv.e1000", "0.1.1"),
                    NextVersion.of(home, "drv.e1000", "0.1.2"), true));
        });
    }

    /** On one processor: of two, the emulator stops one's timer sooner or later (docs/boot.md), as it did in the 21st round. */
    @Test
    void devicesComeAndGoUnderLoad() throws Exception {
        boot((machine, peer, jumbo) -> {
            machine.ssh("bench:pattern --seed 21 --bytes 4194304 nvme0n1").expect(0);
            try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
                comesAndGoes(machine, new PlugVisit(machine, monitor, home));
            }
            machine.ssh("bench:check --seed 21 --bytes 4194304 nvme0n1").expect(0); // the others work on
        }, "-smp", "1");
    }

    private static void comesAndGoes(Machine machine, PlugVisit plugs) throws Exception {
        JsonObject first = null;
        for (int i = 0; i < PLUGS; i++) {
            plugs.nvme(i);
            plugs.virtioBlock();
            plugs.virtioNet();
            JsonObject held = machine.json("bench:held").getAsJsonObject();
            note("plugged " + (i + 1) + " times", held.toString());
            first = first == null ? held : first; // what the first time leaves behind is kept for the next
            for (String what : new String[] {"devices", "deviceThreads", "lockedKib"}) {
                assertEquals(first.get(what), held.get(what), what + " after " + (i + 1) + " times: " + held + ", after the first " + first);
            }
            assertTrue(held.get("heapKib").getAsLong() < first.get("heapKib").getAsLong() + HEAP_KIB, "heap after " + (i + 1) + " times: " + held
                    + ", after the first " + first);
        }
    }

    @Test
    void wholeDisks() throws Exception {
        boot((machine, peer, jumbo) -> {
            BlockVisit disks = new BlockVisit(machine, home, (int) HardwareDevices.DISK);
            disks.all();
            disks.failuresHaveTheDevicesWords();
        });
    }
}
