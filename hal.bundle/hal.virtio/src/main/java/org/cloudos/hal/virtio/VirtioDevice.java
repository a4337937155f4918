package org.cloudos.hal.virtio;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.platform.PlatformFunction;

/** A virtio device of version 1, on whatever bus. Not thread-safe but for notifications. Virtio 1.2 §3. */
public final class VirtioDevice implements AutoCloseable {
    private static final int ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 64, FAILED = 128;
    private static final long RESET_NS = TimeUnit.SECONDS.toNanos(5);

    private final VirtioTransport transport;
    private final String name;
    private long features;

    private VirtioDevice(VirtioTransport transport) {
        this.transport = transport;
        name = transport.name();
    }

    /** On PCI. §4.1. @throws DeviceException {@code ABSENT} for a device before version 1; {@code MALFORMED} */
    public static VirtioDevice on(PciFunction function) throws DeviceException {
        return new VirtioDevice(new VirtioPci(function));
    }

    /**
     * On MMIO. §4.2.
     *
     * @throws DeviceException {@code ABSENT} for a legacy device and for a place without one; {@code MALFORMED} for what is none; {@code UNAVAILABLE} where
     *                         devices may not reach all memory
     */
    public static VirtioDevice on(PlatformFunction function) throws DeviceException {
        return new VirtioDevice(new VirtioMmio(function));
    }

    /**
     * Resets the device and agrees on features. §3.1.1.
     *
     * @param wanted what the driver can do, {@link Feature#VERSION_1} included
     * @return what both can
     * @throws DeviceException {@code UNAVAILABLE} when the device would go round the I/O MMU
     */
    public long negotiate(long wanted) throws DeviceException {
        reset();
        transport.status(ACKNOWLEDGE | DRIVER);
        long offered = Integer.toUnsignedLong(transport.offered(0)) | (long) transport.offered(1) << 32;
        if ((offered & Feature.VERSION_1) == 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected version 1, found an older device");
        }
        if ((offered & Feature.ACCESS_PLATFORM) == 0 && transport.dma().isBounded()) {
            // It would take our addresses for physical ones, and write over anybody's memory.
            throw new DeviceException(Reason.UNAVAILABLE, name + ": it goes round the I/O MMU; in QEMU it needs disable-legacy=on,iommu_platform=on");
        }
        features = offered & (wanted | Feature.ACCESS_PLATFORM | Feature.ORDER_PLATFORM);
        for (int half = 0; half < 2; half++) {
            transport.agreed(half, (int) (features >>> 32 * half));
        }
        transport.status(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        if ((transport.status() & FEATURES_OK) == 0) {
            throw new DeviceException(Reason.MALFORMED, name + ": it takes back features that it offered: " + Long.toHexString(features));
        }
        return features;
    }

    /** Whether these were agreed on. */
    public boolean has(long feature) {
        return (features & feature) != 0;
    }

    /** Queues that the device has, counted up to {@code most}. */
    public int queues(int most) {
        return transport.queues(most);
    }

    /**
     * Makes a queue.
     *
     * @param most   entries at most, a power of 2
     * @param vector of the interrupt, or -1 for none
     */
    public VirtQueue queue(int index, int most, int vector) throws IOException {
        int size = transport.largest(index);
        if (size <= 0 || !has(Feature.PACKED) && Integer.bitCount(size) != 1 || size > 1 << 15) {
            throw new DeviceException(Reason.MALFORMED, name + ": queue " + index + ": expected a power of 2 up to 32768 entries, found " + size);
        }
        size = Math.min(Integer.highestOneBit(size), most);
        VirtQueue queue = VirtQueue.of(index, size, features, transport.dma(), transport.bell(index));
        enable(queue, vector);
        return queue;
    }

    /** Gives the device a queue, empty, again: it forgot all at its reset. Features must be those that the queue was made with. */
    public void enable(VirtQueue queue, int vector) throws DeviceException {
        queue.clear();
        transport.enable(queue, vector);
    }

    /** Changes of the device's configuration interrupt by this vector. */
    public void configurationVector(int vector) {
        transport.configurationVector(vector);
    }

    /** The driver is ready: the device may begin. @throws DeviceException {@code FAILED} when it asks for a reset at once */
    public void start() throws DeviceException {
        transport.status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
        int status = transport.status();
        if ((status & (NEEDS_RESET | FAILED)) != 0) {
            throw new DeviceException(transport.isPresent() ? Reason.FAILED : Reason.GONE, name + ": expected it to start, found status "
                    + Integer.toHexString(status));
        }
    }

    /** The device's own configuration; null when it has none. */
    public Mmio configuration() {
        return transport.configuration();
    }

    /** The device broke, or is gone (all ones). */
    public boolean isBroken() {
        return (transport.status() & (NEEDS_RESET | FAILED)) != 0;
    }

    /** Stops the device: it touches no memory when this returns. @throws DeviceException {@code TIMED_OUT}, {@code GONE} */
    public void reset() throws DeviceException {
        transport.status(0);
        long end = System.nanoTime() + RESET_NS;
        while (transport.status() != 0) {
            if (!transport.isPresent() || System.nanoTime() > end) {
                throw new DeviceException(transport.isPresent() ? Reason.TIMED_OUT : Reason.GONE, name + ": it does not reset");
            }
            Thread.onSpinWait();
        }
    }

    /** Memory for the device. */
    public Dma dma() {
        return transport.dma();
    }

    /** Vectors of interrupts that there are. */
    public int interrupts() {
        return transport.interrupts();
    }

    /** Turns on the first {@code count}. Once. */
    public List<Interrupt> interrupts(int count) throws DeviceException {
        return transport.interrupts(count);
    }

    /** False when it was pulled out. */
    public boolean isPresent() {
        return transport.isPresent();
    }

    /** Gives it back, with all its memory. */
    @Override public void close() {
        transport.close();
    }
}
