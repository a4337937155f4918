package org.cloudos.hal.pci;

/**
 * The header's identifying fields. PCI 3.0 §6.2.1.
 *
 * @param classCode class, subclass and programming interface, 24 bits
 */
public record PciIdentity(int vendor, int device, int classCode, int revision, int subsystemVendor, int subsystem) {
    /** The upper 16 bits of {@link #classCode}: class and subclass. */
    public int kind() {
        return classCode >>> 8;
    }
}
