package org.cloudos.hal.virtio;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;

/** The way to a device's registers: what PCI and MMIO have of their own, and nothing of what is the same on both. Virtio 1.2 §4. */
sealed interface VirtioTransport extends AutoCloseable permits VirtioPci, VirtioMmio {
    /** For messages. */
    String name();

    /** A half of 32 bits of what the device offers; 0 is the low one. */
    int offered(int half);

    /** A half of what was agreed on. */
    void agreed(int half, int bits);

    int status();

    void status(int bits);

    /** Queues that the device has, counted up to {@code most}. */
    int queues(int most);

    /** Entries that a queue can have; 0 when there is no such queue. */
    int largest(int queue);

    /** What tells the device of this queue's buffers. */
    VirtQueue.Bell bell(int queue) throws DeviceException;

    /** Gives the device an empty queue. @param vector of its interrupt, or -1 */
    void enable(VirtQueue queue, int vector) throws DeviceException;

    /** Changes of the device's configuration interrupt by this vector. */
    void configurationVector(int vector);

    /** The device's own configuration; null when it has none. */
    Mmio configuration();

    /** Memory for the device. */
    Dma dma();

    /** Vectors that there are. */
    int interrupts();

    List<Interrupt> interrupts(int count) throws DeviceException;

    /** False when it was pulled out. */
    boolean isPresent();

    @Override void close();
}
