package org.cloudos.hal.virtio;

import java.lang.foreign.ValueLayout;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.sim.SimulatedFunction;

/** A device of version 1 whose used ring a test writes. Structures: common at 0, notifications at 4096, its configuration at 8192. */
final class FakeVirtio extends SimulatedFunction {
    static final int BAR = 4;
    long offered = Feature.VERSION_1 | Feature.ACCESS_PLATFORM;
    int queueSize = 8;
    boolean deaf; // never ends a reset
    private int used;

    FakeVirtio() {
        super(BAR, 0x4000, 1);
        capability(0x40, 1, BAR, 0, 0x100);
        capability(0x60, 2, BAR, 0x1000, 0x1000);
        capability(0x80, 4, BAR, 0x2000, 0x100);
    }

    void capability(int at, int kind, int bar, int offset, int length) {
        capabilities.removeIf(c -> c.offset() == at);
        capabilities.add(new PciCapability(PciCapability.VENDOR, false, at));
        config(at + 3, 1, kind);
        config(at + 4, 1, bar);
        config(at + 8, 4, offset);
        config(at + 12, 4, length);
    }

    @Override protected long read(long offset, int width) {
        return switch ((int) offset) {
            case 4 -> (int) (offered >>> 32 * get(0));
            case 24 -> queueSize;
            default -> super.read(offset, width);
        };
    }

    @Override protected void write(long offset, int width, long value) {
        if (offset == 20 && value == 0 && deaf) {
            return;
        }
        super.write(offset, width, value);
    }

    /** The device says that it used this. */
    void use(VirtQueue queue, int head, int length) {
        DmaMemory ring = memory.at(queue.deviceArea(), 6 + 8L * queue.size());
        long at = 4 + 8L * (used % queue.size());
        ring.memory().set(ValueLayout.JAVA_INT_UNALIGNED, at, head);
        ring.memory().set(ValueLayout.JAVA_INT_UNALIGNED, at + 4, length);
        index(queue, ++used);
    }

    /** The device says that it used so many in all. */
    void index(VirtQueue queue, int index) {
        memory.at(queue.deviceArea(), 4).putShort(2, index);
    }
}
