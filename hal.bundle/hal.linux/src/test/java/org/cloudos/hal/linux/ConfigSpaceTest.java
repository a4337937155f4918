package org.cloudos.hal.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import org.cloudos.hal.pci.PciCapability;
import org.junit.jupiter.api.Test;

class ConfigSpaceTest {
    private static byte[] device() {
        byte[] b = new byte[4096];
        put(b, 0, 0x8086, 2);
        put(b, 2, 0x5845, 2);
        put(b, 6, 1 << 4, 2);
        put(b, 8, 2, 1);
        put(b, 9, 0x010802, 3);
        put(b, 44, 0x1af4, 2);
        put(b, 46, 0x1100, 2);
        put(b, 52, 0x40, 1);
        return b;
    }

    private static void put(byte[] b, int offset, int value, int width) {
        for (int i = 0; i < width; i++) {
            b[offset + i] = (byte) (value >>> 8 * i);
        }
    }

    @Test void identityAndBothChains() {
        byte[] b = device();
        put(b, 0x40, PciCapability.MSI_X | 0x80 << 8, 2);
        put(b, 0x80, PciCapability.EXPRESS, 2);
        put(b, 0x100, 0x0001 | 1 << 16 | 0x200 << 20, 4);
        put(b, 0x200, 0x0003 | 1 << 16, 4);
        ConfigSpace c = new ConfigSpace(b);
        assertEquals("PciIdentity[vendor=32902, device=22597, classCode=67586, revision=2, subsystemVendor=6900, subsystem=4352]",
                c.identity().toString());
        assertEquals(List.of("MSI-X", "PCI Express", "Advanced Error Reporting", "Device Serial Number"),
                c.capabilities().stream().map(PciCapability::name).toList());
    }

    @Test void loopsEnd() {
        byte[] b = device();
        put(b, 0x40, PciCapability.MSI | 0x40 << 8, 2);
        put(b, 0x100, 0x0001 | 0x100 << 20, 4);
        assertEquals(2, new ConfigSpace(b).capabilities().size());
    }

    @Test void anyBytesOfAnyLengthAreReadWithinBounds() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] b = new byte[random.nextInt(5) == 0 ? random.nextInt(4097) : 256];
            random.nextBytes(b);
            ConfigSpace c = new ConfigSpace(b);
            c.identity();
            assertTrue(c.capabilities().size() <= 1024);
        }
    }
}
