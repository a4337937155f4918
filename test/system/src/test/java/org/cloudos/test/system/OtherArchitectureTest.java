package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * The same bundles on aarch64: one boot of {@code hardware} on QEMU's virt machine, behind its I/O MMU (SMMUv3), with interrupts through the ITS. Its virtio
 * devices on MMIO go round the I/O MMU; Linux has them first.
 */
class OtherArchitectureTest {
    private static final int BYTES = 4 << 20;
    private static final long DISK = 64L << 20;
    private static final String VIRTIO = ",disable-legacy=on,iommu_platform=on";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void theSameDriversDriveAnArmMachine() throws Exception {
        Path profile = Files.writeString(home.resolve("arm.bndrun"), "-include: hardware\n"
                + "-runproperties.hardware: cloudos.hal.attach=all, cloudos.hal.unbounded=true, cloudos.hal.modules=virtio_mmio,"
                + " cloudos.modules='vfio_pci,vfio_iommu_type1,virtio_mmio'\n");
        try (Machine machine = Machine.ofArchitecture(home, profile.toString(), "aarch64",
                "-drive", Pattern.drive(home, "nvme", DISK), "-device", "nvme,drive=nvme,serial=n",
                "-drive", Pattern.drive(home, "split", DISK), "-device", "virtio-blk-pci,drive=split" + VIRTIO,
                "-drive", Pattern.drive(home, "packed", DISK), "-device", "virtio-blk-pci,drive=packed,packed=on" + VIRTIO,
                "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
                "-netdev", "hubport,hubid=1,id=b", "-device", "virtio-net-pci,netdev=b,romfile=" + VIRTIO,
                "-drive", Pattern.drive(home, "mmio", DISK), "-device", "virtio-blk-device,drive=mmio",
                "-netdev", "hubport,hubid=2,id=c", "-device", "e1000,netdev=c,romfile=",
                "-netdev", "hubport,hubid=2,id=d", "-device", "virtio-net-device,netdev=d", "-serial", "file:" + home.resolve("serial"),
                "-append", "console=ttyAMA0 quiet panic=-1 iomem=relaxed")) { // for the second PL011, docs/hal.md
            assertTrue(machine.ssh("cat /proc/version").expect(0).out().contains("arm64"), "the kernel");
            writesWhatTheHostReads(machine, "nvme0n1", "nvme");
            writesWhatTheHostReads(machine, "vda", "split");
            writesWhatTheHostReads(machine, "vdb", "packed");
            sendsAndReceives(machine);
            assertTrue(machine.ssh("cat /proc/interrupts").expect(0).out().contains("ITS"), "interrupts are messages");
            takesWhatIsOnMmio(machine);
            writesOnTheSerialLine(machine);
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private void writesWhatTheHostReads(Machine machine, String device, String image) throws Exception {
        machine.ssh("bench:pattern --seed 7 --bytes " + BYTES + " " + device).expect(0);
        machine.ssh("bench:check --seed 7 --bytes " + BYTES + " " + device).expect(0);
        Pattern.compare(home.resolve(image + ".img"), 7, 0, BYTES);
        assertNotEquals(0, machine.ssh("bench:check --from " + DISK + " --bytes 4096 " + device).status(), "behind the end");
    }

    /** The second PL011, which Linux's driver gives up; the first is the console. */
    private void writesOnTheSerialLine(Machine machine) throws Exception {
        PlugVisit.await(machine, "amba0", true);
        machine.ssh("hal:write amba0 'by PL011'").expect(0);
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (!Files.readString(home.resolve("serial")).contains("by PL011")) {
            assertTrue(System.nanoTime() < end, () -> "the line says nothing: " + machine.port());
            Thread.sleep(100);
        }
        String address = offering(machine, "amba0");
        machine.ssh("hal:give " + address).expect(0);
        assertEquals("linux:uart-pl011", row(machine, address).get("driver").getAsString());
    }

    private static String offering(Machine machine, String offer) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (e.getAsJsonObject().get("offers").getAsString().equals(offer)) {
                return e.getAsJsonObject().get("address").getAsString();
            }
        }
        throw new AssertionError("nothing offers " + offer);
    }

    private static void sendsAndReceives(Machine machine) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            JsonObject device = e.getAsJsonObject();
            if (device.get("device").getAsString().equals("1af4:1041")) {
                machine.ssh("hal:bind " + device.get("address").getAsString()).expect(0); // Linux had it
            }
        }
        for (int size : new int[] {60, 1514}) {
            machine.ssh("bench:pair --frames 100 --size " + size + " e0 vnet0").expect(0);
            machine.ssh("bench:pair --frames 100 --size " + size + " vnet0 e0").expect(0);
        }
    }

    /** A disk and a card whose registers are in one page of memory: Linux keeps the disk until it is asked for the card. */
    private void takesWhatIsOnMmio(Machine machine) throws Exception {
        String card = place(machine, "virtio,device1");
        String disk = place(machine, "virtio,device2");
        assertEquals("linux:virtio-mmio", row(machine, card).get("driver").getAsString());
        Command refused = machine.ssh("hal:bind " + disk);
        assertTrue(refused.status() != 0 && refused.toString().contains("network card"), refused.toString());
        machine.ssh("hal:bind " + card).expect(0);
        machine.ssh("hal:bind " + disk).expect(0);
        writesWhatTheHostReads(machine, row(machine, disk).get("offers").getAsString(), "mmio");
        String name = row(machine, card).get("offers").getAsString();
        for (int size : new int[] {60, 1514}) {
            machine.ssh("bench:pair --frames 100 --size " + size + " e1 " + name).expect(0);
            machine.ssh("bench:pair --frames 100 --size " + size + " " + name + " e1").expect(0);
        }
        Command early = machine.ssh("hal:give " + card);
        assertTrue(early.status() != 0 && early.toString().contains("same page"), early.toString());
        machine.ssh("hal:unbind " + disk).expect(0);
        assertEquals("free", row(machine, disk).get("state").getAsString());
        for (String address : new String[] {card, disk}) {
            machine.ssh("hal:give " + address).expect(0);
            assertEquals("linux:virtio-mmio", row(machine, address).get("driver").getAsString());
        }
    }

    private static String place(Machine machine, String device) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (true) {
            for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
                if (e.getAsJsonObject().get("device").getAsString().equals(device)) {
                    return e.getAsJsonObject().get("address").getAsString();
                }
            }
            assertTrue(System.nanoTime() < end, () -> device + " did not come");
        }
    }

    private static JsonObject row(Machine machine, String address) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (e.getAsJsonObject().get("address").getAsString().equals(address)) {
                return e.getAsJsonObject();
            }
        }
        throw new AssertionError(address + " is not there");
    }
}
