package org.cloudos.hal.pci;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.osgi.annotation.versioning.ProviderType;

/** A claimed function: whoever holds it is the only one who drives the device. Thread-safe; closed, every use of it fails. */
@ProviderType
public interface PciFunction extends AutoCloseable {
    PciDevice device();

    /** The registers behind a base address register. {@code ABSENT} for one that holds nothing, or ports. */
    Mmio registers(int bar) throws DeviceException;

    /** Memory for this device. */
    Dma dma();

    /**
     * Reads configuration space.
     *
     * @param offset a multiple of the width; 4096 bytes of it on PCI Express, else 256
     * @param width  bytes: 1, 2 or 4
     */
    int config(int offset, int width) throws DeviceException;

    /** Writes configuration space; what belongs to the bus (base addresses, bus mastering, MSI) is not the driver's. */
    void config(int offset, int width, int value) throws DeviceException;

    /** Interrupt messages that the device can send: MSI-X's table size, else MSI's count, else 1 for a line, else 0. */
    int interrupts();

    /** Turns on the first {@code count} interrupts. Once. {@code ABSENT} for more than there are. */
    List<Interrupt> interrupts(int count) throws DeviceException;

    /** Function-level reset or what the bus has instead. {@code UNAVAILABLE} when there is none. Registers are as after power-on. */
    void reset() throws DeviceException;

    /** False from the moment the device was pulled out. */
    boolean isPresent();

    /** Stops the device's access to memory, frees all that it was given, and gives it back. */
    @Override void close();
}
