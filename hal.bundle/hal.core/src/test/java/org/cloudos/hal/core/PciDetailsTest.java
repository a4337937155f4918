package org.cloudos.hal.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.hal.pci.PciCapability;
import org.junit.jupiter.api.Test;

class PciDetailsTest {
    @Test void saysWhatMatters() {
        byte[] b = new byte[256];
        b[4] = 6;
        b[5] = 4;
        b[6] = 0x10;
        b[0x3c] = 11;
        b[0x3d] = 1;
        b[0x40] = PciCapability.MSI_X;
        b[0x42] = 64;
        b[0x43] = (byte) 0x80;
        b[0x45] = 0x20;
        b[0x48] = 4;
        PciDetails details = new PciDetails(b);
        assertEquals("I/O- Mem+ BusMaster+ ParErr- SERR- DisINTx+", details.control());
        assertEquals("pin A, line 11", details.interrupt());
        assertEquals("", details.bridge());
        assertEquals(List.of("[40] MSI-X: Enable+ Count=65 Masked-, table in 0 at 2000, pending in 4 at 0"),
                details.capabilities(List.of(new PciCapability(PciCapability.MSI_X, false, 0x40))));
    }

    @Test void saysWhatLinuxHides() {
        byte[] header = new byte[64];
        assertFalse(new PciDetails(header).hidesCapabilities(), "it has none");
        header[6] = 0x10;
        assertTrue(new PciDetails(header).hidesCapabilities());
        assertFalse(new PciDetails(Arrays.copyOf(header, 256)).hidesCapabilities());
    }

    @Test void anyBytesGiveLines() {
        Random random = new Random(5);
        for (int i = 0; i < 2000; i++) {
            byte[] b = new byte[random.nextInt(300)];
            random.nextBytes(b);
            List<PciCapability> all = new ArrayList<>();
            for (int c = 0; c < 8; c++) {
                all.add(new PciCapability(random.nextInt(32), random.nextBoolean(), random.nextInt(4096)));
            }
            PciDetails details = new PciDetails(b);
            assertEquals(8, details.capabilities(all).size());
            assertFalse((details.control() + details.status() + details.interrupt() + details.bridge()).isEmpty());
        }
    }

    @Test void permissionsNameThoseWhoMay() {
        DevicePermissions permissions = new DevicePermissions("nvme*=org.cloudos.fs.* org.mine; tty0=");
        assertTrue(permissions.allows("nvme0n1", "org.cloudos.fs.block"));
        assertTrue(permissions.allows("nvme0n1", "org.mine"));
        assertFalse(permissions.allows("nvme0n1", "org.mine.other"));
        assertFalse(permissions.allows("tty0", "org.mine"));
        assertTrue(permissions.allows("vda", "org.other"));
        permissions.set("nvme0n1", List.of("org.cloudos.fs.tools"));
        assertFalse(permissions.allows("nvme0n1", "org.mine"), "every rule that names it must name the bundle");
        assertTrue(permissions.remove("nvme0n1"));
        assertEquals(Map.of("nvme*", "org.cloudos.fs.* org.mine", "tty0", ""), permissions.rules());
        assertThrows(IllegalArgumentException.class, () -> new DevicePermissions("nvme0"));
    }
}
