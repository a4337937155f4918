package org.cloudos.hal.virtio;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.platform.PlatformFunction;

/** A virtio device whose registers firmware names. All are 32 bits wide but those of the device's own configuration. Virtio 1.2 §4.2. */
final class VirtioMmio implements VirtioTransport {
    private static final Reg32 MAGIC = Reg32.ro(0x000), VERSION = Reg32.ro(0x004), DEVICE_ID = Reg32.ro(0x008), OFFERED = Reg32.ro(0x010),
            OFFERED_SELECT = Reg32.wo(0x014), AGREED = Reg32.wo(0x020), AGREED_SELECT = Reg32.wo(0x024), QUEUE_SELECT = Reg32.wo(0x030),
            QUEUE_LARGEST = Reg32.ro(0x034), QUEUE_SIZE = Reg32.wo(0x038), QUEUE_READY = Reg32.rw(0x044), QUEUE_NOTIFY = Reg32.wo(0x050),
            STATUS = Reg32.rw(0x070);
    private static final Reg64 QUEUE_DESCRIPTORS = Reg64.wo(0x080), QUEUE_DRIVER = Reg64.wo(0x090), QUEUE_DEVICE = Reg64.wo(0x0a0);
    private static final int CONFIGURATION = 0x100, THIS = 0x7472_6976, LEGACY = 1, MODERN = 2; // "virt"

    private final PlatformFunction function;
    private final String name;
    private final Mmio registers;
    private final Mmio configuration; // null when there is none
    private final Dma dma;
    private boolean listening;

    VirtioMmio(PlatformFunction function) throws DeviceException {
        this.function = function;
        name = function.device().address() + " (virtio)";
        registers = function.registers(0);
        if (registers.size() < CONFIGURATION) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected at least " + CONFIGURATION + " bytes of registers, found " + registers.size());
        }
        identify();
        configuration = registers.size() > CONFIGURATION ? registers.slice(CONFIGURATION, registers.size() - CONFIGURATION) : null;
        dma = function.dma();
    }

    /** §4.2.2.2: what is not the magic value, not version 2 or device 0 is left alone. */
    private void identify() throws DeviceException {
        int magic = registers.read(MAGIC);
        if (magic != THIS) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected the magic value " + Integer.toHexString(THIS) + ", found "
                    + Integer.toHexString(magic));
        }
        int version = registers.read(VERSION);
        if (version == LEGACY) {
            throw new DeviceException(Reason.ABSENT, name + ": expected version 2 of the registers, found 1: a legacy device, which none of our drivers"
                    + " drives; in QEMU it needs -global virtio-mmio.force-legacy=false");
        }
        if (version != MODERN) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected version 2 of the registers, found " + Integer.toUnsignedString(version));
        }
        if (registers.read(DEVICE_ID) == 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected a device, found an empty place");
        }
    }

    @Override public String name() {
        return name;
    }

    @Override public int offered(int half) {
        registers.write(OFFERED_SELECT, half);
        return registers.read(OFFERED);
    }

    @Override public void agreed(int half, int bits) {
        registers.write(AGREED_SELECT, half);
        registers.write(AGREED, bits);
    }

    @Override public int status() {
        return registers.read(STATUS);
    }

    @Override public void status(int bits) {
        registers.write(STATUS, bits);
    }

    @Override public int queues(int most) {
        int count = 0;
        while (count < most && largest(count) != 0) { // no register says how many
            count++;
        }
        return count;
    }

    @Override public int largest(int queue) {
        registers.write(QUEUE_SELECT, queue);
        return registers.read(QUEUE_LARGEST);
    }

    @Override public VirtQueue.Bell bell(int queue) {
        return index -> registers.write(QUEUE_NOTIFY, index);
    }

    /** §4.2.3.2. There is one interrupt for all: a vector says nothing. */
    @Override public void enable(VirtQueue queue, int vector) throws DeviceException {
        registers.write(QUEUE_SELECT, queue.index());
        expectReady(queue, 0);
        registers.write(QUEUE_SIZE, queue.size());
        registers.writeHalves(QUEUE_DESCRIPTORS, queue.descriptors());
        registers.writeHalves(QUEUE_DRIVER, queue.driverArea());
        registers.writeHalves(QUEUE_DEVICE, queue.deviceArea());
        registers.write(QUEUE_READY, 1);
        expectReady(queue, 1);
    }

    private void expectReady(VirtQueue queue, int expected) throws DeviceException {
        int found = registers.read(QUEUE_READY);
        if (found != expected) {
            throw new DeviceException(Reason.FAILED, name + ": queue " + queue.index() + ": expected QueueReady " + expected + ", found "
                    + Integer.toHexString(found));
        }
    }

    @Override public void configurationVector(int vector) {
        // the one that there is has it
    }

    @Override public Mmio configuration() {
        return configuration;
    }

    @Override public Dma dma() {
        return dma;
    }

    @Override public int interrupts() {
        return 1;
    }

    @Override public synchronized List<Interrupt> interrupts(int count) throws DeviceException {
        if (count > 1 || listening) {
            throw new DeviceException(Reason.ABSENT, name + ": expected up to 1 interrupt, once, found " + count);
        }
        listening = count == 1;
        return listening ? List.of(new PolledInterrupt(registers)) : List.of();
    }

    @Override public boolean isPresent() {
        return function.isPresent();
    }

    @Override public void close() {
        function.close();
    }
}
