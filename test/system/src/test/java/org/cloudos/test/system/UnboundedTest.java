package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * A disk on a bus without an I/O MMU, driven through UIO, since the profile says so; and a keyboard that Linux drives: QEMU gives the keys
 * to a virtio keyboard as soon as there is one.
 */
class UnboundedTest {
    private static final int BYTES = 8 << 20;
    private static final long DISK = 64L << 20;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void aDiskAndAKeyboardByLinuxsWays() throws Exception {
        Path image = home.resolve("wild.img");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            file.setLength(DISK);
        }
        Path profile = Command.ROOT.resolve("test/system/src/test/resources/hardware/unbounded.bndrun");
        try (Machine machine = Machine.withDevices(home, profile.toString(), "-device", "pxb-pcie,id=wild,bus_nr=64,bypass_iommu=on",
                "-device", "pcie-root-port,id=slot,bus=wild,chassis=9,slot=9", "-drive", "if=none,format=raw,id=disk,file=" + image,
                "-device", "nvme,drive=disk,serial=w,bus=slot", "-device", "virtio-keyboard-pci,bus=pcie.0",
                "-qmp", "unix:" + home.resolve("qmp") + ",server=on,wait=off")) {
            HardwareTest.await(machine, "nvme0n1", true);
            machine.ssh("bench:pattern --seed 7 --bytes " + BYTES + " nvme0n1").expect(0);
            machine.ssh("bench:check --seed 7 --bytes " + BYTES + " nvme0n1").expect(0);
            assertArrayEquals(pattern(7), read(image));
            String interrupts = machine.ssh("hal:interrupts").expect(0).out();
            assertTrue(interrupts.contains("uio_pci_generic"), interrupts);
            assertNotEquals(0, machine.ssh("hal:bind 0000:00:00.0 nvme").status(), "no driver takes what it does not suit");
            keys(machine);
            machine.ssh("os:poweroff");
            machine.awaitEnd();
        }
    }

    private void keys(Machine machine) throws Exception {
        HardwareTest.await(machine, "kbd1", true);
        try (Monitor monitor = new Monitor(home.resolve("qmp"))) {
            for (String key : new String[] {"c", "l", "o", "u", "d"}) {
                monitor.execute("send-key", "{\"hold-time\":20,\"keys\":[{\"type\":\"qcode\",\"data\":\"" + key + "\"}]}");
                Thread.sleep(250); // a key is held so long
            }
            StringBuilder hex = new StringBuilder();
            while (hex.length() < 15) {
                hex.append(machine.ssh("hal:read kbd1").expect(0).out().lines().filter(l -> l.startsWith("hex")).findFirst().orElseThrow().substring(3).strip())
                        .append(' ');
            }
            assertTrue(hex.toString().startsWith("63 6c 6f 75 64"), hex.toString());
        }
    }

    private static byte[] read(Path image) throws IOException {
        byte[] found = new byte[BYTES];
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "r")) {
            file.readFully(found);
        }
        return found;
    }

    /** As bench:pattern is documented: little-endian words, MurmurHash3's finalizer over seed and offset. */
    private static byte[] pattern(long seed) {
        ByteBuffer expected = ByteBuffer.allocate(BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (long at = 0; at < BYTES; at += 8) {
            long z = seed * 0x9e3779b97f4a7c15L + at;
            z = (z ^ z >>> 33) * 0xff51afd7ed558ccdL;
            z = (z ^ z >>> 33) * 0xc4ceb9fe1a85ec53L;
            expected.putLong(z ^ z >>> 33);
        }
        return expected.array();
    }
}
