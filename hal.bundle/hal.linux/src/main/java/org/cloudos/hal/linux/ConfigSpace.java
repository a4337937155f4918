package org.cloudos.hal.linux;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciIdentity;

/**
 * A function's configuration space as bytes that nobody vouches for: 0 vendor(2) · 2 device(2) · 6 status(2) · 8 revision(1) · 9 class(3) · 14
 * header type(1) · 44 subsystem vendor(2) · 46 subsystem(2) · 52 capabilities(1). PCI 3.0 §6.1, PCI Express 5.0 §7.6.3.
 */
record ConfigSpace(byte[] bytes) {
    private static final int HEADER = 64, CLASSIC = 256, HAS_CAPABILITIES = 1 << 4;

    int get(int offset, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            value = value << 8 | (offset + i < bytes.length ? bytes[offset + i] & 0xff : 0xff);
        }
        return value;
    }

    PciIdentity identity() {
        boolean bridge = (get(14, 1) & 0x7f) != 0;
        return new PciIdentity(get(0, 2), get(2, 2), get(9, 3), get(8, 1), bridge ? 0 : get(44, 2), bridge ? 0 : get(46, 2));
    }

    /** Follows both chains; what was seen, or lies where none can, ends one. */
    List<PciCapability> capabilities() {
        List<PciCapability> found = new ArrayList<>();
        if (bytes.length >= HEADER && (get(6, 2) & HAS_CAPABILITIES) != 0) {
            BitSet seen = new BitSet();
            int at = get(52, 1) & ~3;
            while (at >= HEADER && at + 2 <= Math.min(bytes.length, CLASSIC) && !seen.get(at)) {
                seen.set(at);
                found.add(new PciCapability(get(at, 1), false, at));
                at = get(at + 1, 1) & ~3;
            }
        }
        extended(found);
        return List.copyOf(found);
    }

    private void extended(List<PciCapability> found) {
        BitSet seen = new BitSet();
        int at = CLASSIC;
        while (at >= CLASSIC && at + 4 <= bytes.length && !seen.get(at)) {
            seen.set(at);
            int header = get(at, 4);
            if (header == 0 || header == -1) {
                return;
            }
            found.add(new PciCapability(header & 0xffff, true, at));
            at = header >>> 20 & ~3;
        }
    }
}
