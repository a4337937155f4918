package org.cloudos.hal.pci;

/**
 * A capability's place.
 *
 * @param id       of the PCI SIG's list; of extended ones too
 * @param extended from 0x100 on (PCI Express), with ids of their own
 * @param offset   in configuration space
 */
public record PciCapability(int id, boolean extended, int offset) {
    public static final int POWER = 0x01, MSI = 0x05, VENDOR = 0x09, EXPRESS = 0x10, MSI_X = 0x11;

    /** Its name in the field. */
    public String name() {
        return extended ? switch (id) {
            case 0x01 -> "Advanced Error Reporting";
            case 0x02 -> "Virtual Channel";
            case 0x03 -> "Device Serial Number";
            case 0x0b -> "Vendor Specific (extended)";
            case 0x0d -> "Access Control Services";
            case 0x0e -> "Alternative Routing-ID";
            case 0x0f -> "Address Translation Services";
            case 0x10 -> "Single Root I/O Virtualization";
            case 0x1b -> "Process Address Space ID";
            case 0x1e -> "L1 PM Substates";
            default -> String.format("extended capability %04x", id);
        } : switch (id) {
            case POWER -> "Power Management";
            case 0x03 -> "Vital Product Data";
            case MSI -> "MSI";
            case VENDOR -> "Vendor Specific";
            case 0x0d -> "Bridge Subsystem ID";
            case EXPRESS -> "PCI Express";
            case MSI_X -> "MSI-X";
            case 0x12 -> "SATA Index/Data";
            case 0x13 -> "Advanced Features";
            default -> String.format("capability %02x", id);
        };
    }
}
