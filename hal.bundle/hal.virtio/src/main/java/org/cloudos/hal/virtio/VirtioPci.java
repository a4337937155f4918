package org.cloudos.hal.virtio;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.memory.Reg8;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciFunction;

/** A virtio device of version 1 on PCI. Virtio 1.2 §4.1. */
final class VirtioPci implements VirtioTransport {
    private static final Reg32 DEVICE_FEATURE_SELECT = Reg32.rw(0), DEVICE_FEATURE = Reg32.ro(4), DRIVER_FEATURE_SELECT = Reg32.rw(8),
            DRIVER_FEATURE = Reg32.rw(12);
    private static final Reg16 CONFIG_VECTOR = Reg16.rw(16), QUEUES = Reg16.ro(18), QUEUE_SELECT = Reg16.rw(22), QUEUE_SIZE = Reg16.rw(24),
            QUEUE_VECTOR = Reg16.rw(26), QUEUE_ENABLE = Reg16.rw(28), QUEUE_NOTIFY_OFFSET = Reg16.ro(30);
    private static final Reg8 STATUS = Reg8.rw(20);
    private static final Reg64 QUEUE_DESCRIPTORS = Reg64.rw(32), QUEUE_DRIVER = Reg64.rw(40), QUEUE_DEVICE = Reg64.rw(48);
    private static final Reg16 BELL = Reg16.wo(0);
    private static final int COMMON = 1, NOTIFY = 2, DEVICE = 4, NO_VECTOR = 0xffff;

    private final PciFunction function;
    private final String name;
    private final Mmio common;
    private final Mmio notify;
    private final int notifyStride;
    private final Mmio device; // null when it has no configuration

    VirtioPci(PciFunction function) throws DeviceException {
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

    @Override public String name() {
        return name;
    }

    @Override public int offered(int half) {
        common.write(DEVICE_FEATURE_SELECT, half);
        return common.read(DEVICE_FEATURE);
    }

    @Override public void agreed(int half, int bits) {
        common.write(DRIVER_FEATURE_SELECT, half);
        common.write(DRIVER_FEATURE, bits);
    }

    @Override public int status() {
        return common.read(STATUS);
    }

    @Override public void status(int bits) {
        common.write(STATUS, bits);
    }

    @Override public int queues(int most) {
        return Math.min(most, common.read(QUEUES));
    }

    @Override public int largest(int queue) {
        common.write(QUEUE_SELECT, queue);
        return common.read(QUEUE_SIZE);
    }

    @Override public VirtQueue.Bell bell(int queue) {
        common.write(QUEUE_SELECT, queue);
        Mmio bell = notify.slice((long) common.read(QUEUE_NOTIFY_OFFSET) * notifyStride, 2);
        return index -> bell.write(BELL, index);
    }

    @Override public void enable(VirtQueue queue, int vector) throws DeviceException {
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

    @Override public void configurationVector(int vector) {
        common.write(CONFIG_VECTOR, vector);
    }

    @Override public Mmio configuration() {
        return device;
    }

    @Override public Dma dma() {
        return function.dma();
    }

    @Override public int interrupts() {
        return function.interrupts();
    }

    @Override public List<Interrupt> interrupts(int count) throws DeviceException {
        return function.interrupts(count);
    }

    @Override public boolean isPresent() {
        return function.isPresent();
    }

    @Override public void close() {
        function.close();
    }
}
