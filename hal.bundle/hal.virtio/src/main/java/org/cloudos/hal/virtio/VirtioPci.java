package org.cloudos.hal.virtio;

import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.memory.Reg8;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciFunction;

/** A virtio device of version 1 on PCI. Not thread-safe but for notifications. Virtio 1.2 §4.1. */
public final class VirtioPci {
    private static final Reg32 DEVICE_FEATURE_SELECT = Reg32.rw(0), DEVICE_FEATURE = Reg32.ro(4), DRIVER_FEATURE_SELECT = Reg32.rw(8),
            DRIVER_FEATURE = Reg32.rw(12);
    private static final Reg16 CONFIG_VECTOR = Reg16.rw(16), QUEUES = Reg16.ro(18), QUEUE_SELECT = Reg16.rw(22), QUEUE_SIZE = Reg16.rw(24),
            QUEUE_VECTOR = Reg16.rw(26), QUEUE_ENABLE = Reg16.rw(28), QUEUE_NOTIFY_OFFSET = Reg16.ro(30);
    private static final Reg8 STATUS = Reg8.rw(20), GENERATION = Reg8.ro(21);
    private static final Reg64 QUEUE_DESCRIPTORS = Reg64.rw(32), QUEUE_DRIVER = Reg64.rw(40), QUEUE_DEVICE = Reg64.rw(48);
    private static final int ACKNOWLEDGE = 1, DRIVER = 2, DRIVER_OK = 4, FEATURES_OK = 8, NEEDS_RESET = 64, FAILED = 128;
    private static final int COMMON = 1, NOTIFY = 2, DEVICE = 4, NO_VECTOR = 0xffff;
    private static final long RESET_NS = TimeUnit.SECONDS.toNanos(5);

    private final PciFunction function;
    private final String name;
    private final Mmio common;
    private final Mmio notify;
    private final int notifyStride;
    private final Mmio device; // null when it has no configuration
    private long features;

    /** @throws DeviceException {@code ABSENT} for a device before version 1 */
    public VirtioPci(PciFunction function) throws DeviceException {
        this.function = function;
        this.name = function.device().address() + " (virtio)";
        Map<Integer, Integer> places = structures();
        if (!places.containsKey(COMMON) || !places.containsKey(NOTIFY)) {
            throw new DeviceException(Reason.ABSENT, name + ": expected a device of version 1, found one without its structures");
        }
        common = structure(places.get(COMMON));
        notify = structure(places.get(NOTIFY));
        notifyStride = function.config(places.get(NOTIFY) + 16, 4);
        device = places.containsKey(DEVICE) ? structure(places.get(DEVICE)) : null;
    }

    /** Where each structure's capability is; of several of a type, the first counts. §4.1.4. */
    private Map<Integer, Integer> structures() throws DeviceException {
        Map<Integer, Integer> places = new TreeMap<>();
        for (PciCapability c : function.device().capabilities()) {
            if (!c.extended() && c.id() == PciCapability.VENDOR) {
                places.putIfAbsent(function.config(c.offset() + 3, 1), c.offset());
            }
        }
        return places;
    }

    private Mmio structure(int capability) throws DeviceException {
        int bar = function.config(capability + 4, 1);
        long offset = Integer.toUnsignedLong(function.config(capability + 8, 4));
        long length = Integer.toUnsignedLong(function.config(capability + 12, 4));
        Mmio registers = function.registers(bar);
        if (offset + length > registers.size()) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected a structure inside " + registers.size() + " bytes, found " + length
                    + " at " + offset);
        }
        return registers.slice(offset, length);
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
        status(ACKNOWLEDGE | DRIVER);
        long offered = offered();
        if ((offered & Feature.VERSION_1) == 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected version 1, found an older device");
        }
        if ((offered & Feature.ACCESS_PLATFORM) == 0 && function.dma().isBounded()) {
            // It would take our addresses for physical ones, and write over anybody's memory.
            throw new DeviceException(Reason.UNAVAILABLE, name + ": it goes round the I/O MMU; in QEMU it needs disable-legacy=on,iommu_platform=on");
        }
        features = offered & (wanted | Feature.ACCESS_PLATFORM | Feature.ORDER_PLATFORM);
        for (int half = 0; half < 2; half++) {
            common.write(DRIVER_FEATURE_SELECT, half);
            common.write(DRIVER_FEATURE, (int) (features >>> 32 * half));
        }
        status(ACKNOWLEDGE | DRIVER | FEATURES_OK);
        if ((common.read(STATUS) & FEATURES_OK) == 0) {
            throw new DeviceException(Reason.MALFORMED, name + ": it takes back features that it offered: " + Long.toHexString(features));
        }
        return features;
    }

    private long offered() {
        long offered = 0;
        for (int half = 0; half < 2; half++) {
            common.write(DEVICE_FEATURE_SELECT, half);
            offered |= Integer.toUnsignedLong(common.read(DEVICE_FEATURE)) << 32 * half;
        }
        return offered;
    }

    /** Whether these were agreed on. */
    public boolean has(long feature) {
        return (features & feature) != 0;
    }

    /** Queues that the device has. */
    public int queues() {
        return common.read(QUEUES);
    }

    /**
     * Makes a queue.
     *
     * @param most   entries at most, a power of 2
     * @param vector of the interrupt, or -1 for none
     */
    public VirtQueue queue(int index, int most, int vector) throws IOException {
        common.write(QUEUE_SELECT, index);
        int size = common.read(QUEUE_SIZE);
        if (size == 0 || !has(Feature.PACKED) && Integer.bitCount(size) != 1 || size > 1 << 15) {
            throw new DeviceException(Reason.MALFORMED, name + ": queue " + index + ": expected a power of 2 up to 32768 entries, found " + size);
        }
        size = Math.min(Integer.highestOneBit(size), most);
        Mmio bell = notify.slice((long) common.read(QUEUE_NOTIFY_OFFSET) * notifyStride, 2);
        VirtQueue queue = VirtQueue.of(index, size, features, function.dma(), bell);
        enable(queue, vector);
        return queue;
    }

    /** Gives the device a queue, empty, again: it forgot all at its reset. Features must be those that the queue was made with. */
    public void enable(VirtQueue queue, int vector) throws DeviceException {
        queue.clear();
        common.write(QUEUE_SELECT, queue.index());
        common.write(QUEUE_SIZE, queue.size());
        common.write(QUEUE_VECTOR, vector < 0 ? NO_VECTOR : vector);
        if (vector >= 0 && common.read(QUEUE_VECTOR) != vector) {
            throw new DeviceException(Reason.FAILED, name + ": queue " + queue.index() + " can't have interrupt " + vector);
        }
        common.writeHalves(QUEUE_DESCRIPTORS, queue.descriptors());
        common.writeHalves(QUEUE_DRIVER, queue.driverArea());
        common.writeHalves(QUEUE_DEVICE, queue.deviceArea());
        common.write(QUEUE_ENABLE, 1);
    }

    /** Changes of the device's configuration interrupt by this vector. */
    public void configurationVector(int vector) {
        common.write(CONFIG_VECTOR, vector);
    }

    /** The driver is ready: the device may begin. */
    public void start() {
        status(ACKNOWLEDGE | DRIVER | FEATURES_OK | DRIVER_OK);
    }

    /** The device's own configuration; null when it has none. */
    public Mmio configuration() {
        return device;
    }

    /** Changes when the configuration changes: read before and after several fields. */
    public int generation() {
        return common.read(GENERATION);
    }

    /** The device broke, or is gone (all ones). */
    public boolean isBroken() {
        return (common.read(STATUS) & (NEEDS_RESET | FAILED)) != 0;
    }

    /** Stops the device: it touches no memory when this returns. */
    public void reset() throws DeviceException {
        common.write(STATUS, 0);
        long end = System.nanoTime() + RESET_NS;
        while (common.read(STATUS) != 0) {
            if (!function.isPresent() || System.nanoTime() > end) {
                throw new DeviceException(function.isPresent() ? Reason.TIMED_OUT : Reason.GONE, name + ": it does not reset");
            }
            Thread.onSpinWait();
        }
    }

    private void status(int bits) {
        common.write(STATUS, bits);
    }
}
