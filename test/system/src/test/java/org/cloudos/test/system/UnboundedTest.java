package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** A machine without an I/O MMU whose profile lets devices reach all memory: the same drivers, through UIO. */
class UnboundedTest {
    private static final int BYTES = 4 << 20;
    private static final long DISK = 64L << 20;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void driversReachDevicesThroughUio() throws Exception {
        Path profile = Files.writeString(home.resolve("unbounded.bndrun"), "-include: hardware\n"
                + "-runproperties.hardware: cloudos.hal.attach=all, cloudos.hal.unbounded=true, cloudos.modules='uio_pci_generic'\n");
        try (Machine machine = Machine.withDevices(home, profile.toString(),
                "-drive", Pattern.drive(home, "nvme", DISK), "-device", "nvme,drive=nvme,serial=n",
                "-drive", Pattern.drive(home, "virtio", DISK), "-device", "virtio-blk-pci,drive=virtio",
                "-device", "ahci,id=s", "-drive", Pattern.drive(home, "sata", DISK), "-device", "ide-hd,drive=sata,bus=s.0",
                "-netdev", "hubport,hubid=1,id=a", "-device", "e1000,netdev=a,romfile=",
                "-netdev", "hubport,hubid=1,id=b", "-device", "e1000,netdev=b,romfile=")) {
            for (String[] disk : new String[][] {{"nvme0n1", "nvme"}, {"vda", "virtio"}, {"ahci0p0", "sata"}}) {
                PlugVisit.await(machine, disk[0], true);
                machine.ssh("bench:pattern --seed 7 --bytes " + BYTES + " " + disk[0]).expect(0);
                machine.ssh("bench:check --seed 7 --bytes " + BYTES + " " + disk[0]).expect(0);
                Pattern.compare(home.resolve(disk[1] + ".img"), 7, 0, BYTES);
            }
            for (int size : new int[] {60, 1514}) {
                machine.ssh("bench:pair --frames 200 --size " + size + " e0 e1").expect(0);
                machine.ssh("bench:pair --frames 200 --size " + size + " e1 e0").expect(0);
            }
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }
}
