package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;

/** Disks are written and read by a machine in pieces that bite, and read outside. @param bytes of each disk that are written */
record BlockVisit(Machine machine, Path home, int bytes) {
    private static final int END = 65_536;

    /** Blocks of 512 bytes and of 4 KiB, by NVMe, virtio's two kinds of rings and AHCI. */
    void all() throws Exception {
        writesWhatTheHostReads("nvme0n1", "nvme");
        writesWhatTheHostReads("nvme0n3", "large");
        writesWhatTheHostReads("vda", "split");
        writesWhatTheHostReads("vdb", "packed");
        writesWhatTheHostReads("ahci0p0", "sata");
    }

    private void writesWhatTheHostReads(String device, String image) throws Exception {
        machine.ssh("bench:pattern --seed 7 --bytes " + bytes + " " + device).expect(0);
        machine.ssh("bench:check --seed 7 --bytes " + bytes + " " + device).expect(0);
        Pattern.compare(home.resolve(image + ".img"), 7, 0, bytes);
        machine.ssh("bench:pattern --seed 9 --from " + (HardwareDevices.DISK - END) + " --bytes " + END + " " + device).expect(0); // the device's end
        Pattern.compare(home.resolve(image + ".img"), 9, HardwareDevices.DISK - END, END);
        Command behind = machine.ssh("bench:check --from " + HardwareDevices.DISK + " --bytes 4096 " + device);
        assertNotEquals(0, behind.status(), "behind the end");
    }

    void readsTheCd() throws Exception {
        machine.ssh("bench:check --seed 5 --bytes " + HardwareDevices.CD + " ahci0p1").expect(0);
        assertNotEquals(0, machine.ssh("bench:pattern --bytes 4096 ahci0p1").status(), "it is read-only");
    }

    /** A flush that fails, a place that can't be read and one that can't be written: errors say what and where with the device's words, and it works on. */
    void failuresHaveTheDevicesWords() throws Exception {
        for (String[] disk : new String[][] {{"nvme0n2", "status type ", "status type 2, code 0x81", "status type 2, code 0x80"},
                {"vdc", "virtio status", "virtio status", "virtio status"}, {"ahci0p2", "ATA error 0x04", "ATA error 0x04", "ATA error 0x04"}}) {
            fails("bench:pattern --seed 3 --bytes 4096 " + disk[0], "flush", disk[1]);
            fails("bench:check --from " + HardwareDevices.BAD_READ + " --bytes 4096 " + disk[0], "read of blocks " + HardwareDevices.BAD_READ / 512, disk[2]);
            fails("bench:pattern --from " + HardwareDevices.BAD_WRITE + " --bytes 512 " + disk[0], "write of blocks " + HardwareDevices.BAD_WRITE / 512,
                    disk[3]);
            machine.ssh("bench:pattern --seed 3 --bytes 1048576 " + disk[0]).expect(0);
            machine.ssh("bench:check --seed 3 --bytes 1048576 " + disk[0]).expect(0);
        }
    }

    private void fails(String command, String... words) throws Exception {
        Command failed = machine.ssh(command);
        assertNotEquals(0, failed.status(), failed.toString());
        for (String word : words) {
            assertTrue(failed.all().contains(word), () -> "expected " + word + " in " + failed);
        }
    }
}
