package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.pci.PciCapability;

/**
 * What a function's configuration space says, in the words of {@code lspci -vv}. The bytes are the device's: whatever they are, an answer
 * comes. PCI 3.0 §6, PCI Express 5.0 §7.
 */
record PciDetails(byte[] bytes) {
    private static final int HEADER = 64;
    private static final String[] SPEEDS = {"?", "2.5", "5", "8", "16", "32", "64"};
    private static final String[] PORTS = {"Endpoint", "Legacy Endpoint", "?", "?", "Root Port", "Upstream Port", "Downstream Port", "PCIe to PCI Bridge",
        "PCI to PCIe Bridge", "Root Complex Integrated Endpoint", "Root Complex Event Collector"};
    private static final String[] VIRTIO = {"?", "common", "notify", "interrupt status", "device", "access by PCI", "?", "?", "shared memory", "vendor"};

    private int get(int offset, int width) {
        int value = 0;
        for (int i = width - 1; i >= 0; i--) {
            int at = offset + i;
            value = value << 8 | (at >= 0 && at < bytes.length ? bytes[at] & 0xff : 0xff);
        }
        return value;
    }

    private static String flag(boolean on) {
        return on ? "+" : "-";
    }

    /** Command register. */
    String control() {
        int c = get(4, 2);
        return "I/O" + flag((c & 1) != 0) + " Mem" + flag((c & 2) != 0) + " BusMaster" + flag((c & 4) != 0) + " ParErr" + flag((c & 0x40) != 0) + " SERR"
                + flag((c & 0x100) != 0) + " DisINTx" + flag((c & 0x400) != 0);
    }

    /** Status register; errors are those that happened since somebody cleared them. */
    String status() {
        int s = get(6, 2);
        return "Cap" + flag((s & 0x10) != 0) + " INTx" + flag((s & 8) != 0) + " ParErr" + flag((s & 0x8000) != 0) + " TAbort" + flag((s & 0x1800) != 0)
                + " MAbort"
                + flag((s & 0x2000) != 0) + " SERR" + flag((s & 0x4000) != 0);
    }

    /** The pin, and the line that firmware wrote down. */
    String interrupt() {
        int pin = get(0x3d, 1);
        return pin >= 1 && pin <= 4 ? "pin " + (char) ('A' + pin - 1) + ", line " + get(0x3c, 1) : "none";
    }

    /** Bridges: buses behind it; else empty. */
    String bridge() {
        return (get(14, 1) & 0x7f) == 1 ? String.format("primary %02x, secondary %02x, subordinate %02x", get(0x18, 1), get(0x19, 1), get(0x1a, 1)) : "";
    }

    /** Whether it has capabilities that Linux keeps from this process: all behind the header. */
    boolean hidesCapabilities() {
        return bytes.length <= HEADER && (get(6, 2) & 0x10) != 0;
    }

    /** A line a capability: place, name, and what of it matters. */
    List<String> capabilities(List<PciCapability> all) {
        List<String> lines = new ArrayList<>();
        for (PciCapability c : all) {
            String more = c.extended() ? extended(c) : classic(c);
            lines.add(String.format("[%x] %s%s", c.offset(), c.name(), more.isEmpty() ? "" : ": " + more));
        }
        return lines;
    }

    private String classic(PciCapability c) {
        int at = c.offset();
        return switch (c.id()) {
            case PciCapability.POWER -> "version " + (get(at + 2, 2) & 7) + ", state D" + (get(at + 4, 2) & 3) + ", PME" + flag((get(at + 4, 2) & 0x100) != 0);
            case PciCapability.MSI -> "Enable" + flag((get(at + 2, 2) & 1) != 0) + " Count=" + (1 << (get(at + 2, 2) >> 4 & 7)) + "/"
                    + (1 << (get(at + 2, 2) >> 1 & 7))
                    + " Maskable" + flag((get(at + 2, 2) & 0x100) != 0) + " 64bit" + flag((get(at + 2, 2) & 0x80) != 0);
            case PciCapability.MSI_X -> "Enable" + flag((get(at + 2, 2) & 0x8000) != 0) + " Count=" + ((get(at + 2, 2) & 0x7ff) + 1) + " Masked"
                    + flag((get(at + 2, 2) & 0x4000) != 0) + String.format(", table in %d at %x, pending in %d at %x", get(at + 4, 4) & 7, get(at + 4, 4) & ~7,
                            get(at + 8, 4) & 7, get(at + 8, 4) & ~7);
            case PciCapability.EXPRESS -> express(at);
            case PciCapability.VENDOR -> get(0, 2) == 0x1af4 ? "virtio " + name(VIRTIO, get(at + 3, 1))
                    + String.format(", in %d at %x, %d bytes", get(at + 4, 1),
                    get(at + 8, 4), get(at + 12, 4)) : get(at + 2, 1) + " bytes";
            case 0x0d -> String.format("%04x:%04x", get(at + 4, 2), get(at + 6, 2));
            default -> "";
        };
    }

    private String express(int at) {
        int flags = get(at + 2, 2), capabilities = get(at + 4, 4), control = get(at + 8, 2), link = get(at + 12, 4), now = get(at + 18, 2),
                type = flags >> 4 & 15;
        String text = name(PORTS, type) + ", version " + (flags & 15) + ", payload " + (128 << (control >> 5 & 7)) + "/" + (128 << (capabilities & 7))
                + " bytes, requests "
                + (128 << (control >> 12 & 7)) + ", FLReset" + flag((capabilities & 1 << 28) != 0);
        return type == 9 || type == 10 ? text : text + ", link " + name(SPEEDS, now & 15) + "/" + name(SPEEDS, link & 15) + " GT/s x" + (now >> 4 & 0x3f) + "/x"
                + (link >> 4 & 0x3f);
    }

    private String extended(PciCapability c) {
        int at = c.offset();
        return switch (c.id()) {
            case 0x01 -> String.format("uncorrectable %08x, correctable %08x", get(at + 4, 4), get(at + 16, 4));
            case 0x03 -> String.format("%08x%08x", get(at + 8, 4), get(at + 4, 4));
            case 0x10 -> get(at + 0x0c, 2) + " of " + get(at + 0x0e, 2) + " functions at the start";
            default -> "";
        };
    }

    private static String name(String[] names, int index) {
        return index < names.length ? names[index] : "?";
    }
}
