package org.cloudos.hal.core;

import java.util.Map;

/** Class codes in words: PCI Code and ID Assignment 1.11 §1, those that a machine of today has. */
final class PciClasses {
    private static final Map<Integer, String> KINDS = Map.ofEntries(Map.entry(0x0100, "SCSI controller"), Map.entry(0x0101, "IDE controller"),
            Map.entry(0x0104, "RAID controller"), Map.entry(0x0106, "SATA controller"), Map.entry(0x0107, "SAS controller"),
            Map.entry(0x0180, "storage controller"), Map.entry(0x0108, "NVM controller"), Map.entry(0x0200, "Ethernet controller"),
                    Map.entry(0x0280, "network controller"),
            Map.entry(0x0300, "VGA controller"), Map.entry(0x0302, "3D controller"), Map.entry(0x0380, "display controller"),
            Map.entry(0x0403, "audio device"), Map.entry(0x0500, "memory"), Map.entry(0x0600, "host bridge"), Map.entry(0x0601, "ISA bridge"),
            Map.entry(0x0604, "PCI bridge"), Map.entry(0x0680, "bridge"), Map.entry(0x0700, "serial controller"),
            Map.entry(0x0780, "communication controller"), Map.entry(0x0806, "I/O MMU"), Map.entry(0x0880, "system peripheral"),
            Map.entry(0x0900, "keyboard controller"), Map.entry(0x0902, "mouse controller"), Map.entry(0x0980, "input controller"),
            Map.entry(0x0c03, "USB controller"), Map.entry(0x0c05, "SMBus"), Map.entry(0x00ff, "virtio device"), Map.entry(0xffff, "device of no class"));

    private PciClasses() { }

    /** @param code class, subclass and interface */
    static String name(int code) {
        String kind = KINDS.get(code >>> 8);
        return kind == null ? String.format("class %06x", code) : kind;
    }
}
