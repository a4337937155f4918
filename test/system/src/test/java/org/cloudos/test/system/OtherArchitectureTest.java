package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The same bundles on aarch64: one boot of {@code hardware} on QEMU's virt machine, behind its I/O MMU (SMMUv3), with interrupts through the ITS. */
class OtherArchitectureTest {
    private static final int BYTES = 4 << 20;
    private static final long DISK = 64L << 20;
    private static final String VIRTIO = ",disable-legacy=on,iommu_platform=on";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void theSameDriversDriveAnArmMachine() throws Exception {
        try (Machine machine = Machine.ofArchitecture(home, "hardware", "aarch64",
                "-drive", Pattern.drive(home, "nvme", DISK), "-device", "nvme,drive=nvme,serial=n",
                "-drive", Pattern.drive(home, "split", DISK), "-device", "virtio-blk-pci,drive=split" + VIRTIO,
                "-drive", Pattern.drive(home, "packed", DISK), "-device", "virtio-blk-pci,drive=packed,packed=on" + VIRTIO,
                "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
                "-netdev", "hubport,hubid=1,id=b", "-device", "virtio-net-pci,netdev=b,romfile=" + VIRTIO)) {
            assertTrue(machine.ssh("cat /proc/version").expect(0).out().contains("arm64"), "the kernel");
            writesWhatTheHostReads(machine, "nvme0n1", "nvme");
            writesWhatTheHostReads(machine, "vda", "split");
            writesWhatTheHostReads(machine, "vdb", "packed");
            sendsAndReceives(machine);
            assertTrue(machine.ssh("cat /proc/interrupts").expect(0).out().contains("ITS"), "interrupts are messages");
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
}
