package org.cloudos.hal.sim;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.pci.PciCapability;

/**
 * A virtio device of version 1 on PCI with split rings. Structures: common at 0, notifications at 4096, its configuration at 8192. What it does with
 * requests, and what it says that it did, is a test's. Virtio 1.2 §2.7, §4.1.
 */
public class SimulatedVirtio extends SimulatedFunction {
    public static final int BAR = 4;
    private static final int COMMON = 0x40, NOTIFY = 0x60, DEVICE = 0x80, BELL = 0x1000, CONFIGURATION = 0x2000;
    private static final int STATUS = 20, SELECT = 22, SIZE = 24, ENABLE = 28, AREAS = 32;
    private static final int NEXT = 1, WRITE = 2, NEEDS_RESET = 64;

    public long offered;
    public int queueSize = 8;
    public boolean deaf; // never ends a reset
    private final Ring[] rings;

    /** Where a driver put a ring, and how far the device is. */
    private static final class Ring {
        private int size;
        private long descriptors;
        private long available;
        private long used;
        private int taken;
        private int done;
    }

    /**
     * A request.
     *
     * @param out what the device reads
     * @param in  what it writes
     */
    public record Request(int head, List<DmaMemory> out, List<DmaMemory> in) { }

    /** @param configuration bytes of its own configuration */
    public SimulatedVirtio(long offered, int queues, int configuration) {
        super(BAR, 0x4000, 1);
        this.offered = offered;
        rings = new Ring[queues];
        capability(COMMON, 1, BAR, 0, 0x100);
        capability(NOTIFY, 2, BAR, BELL, 0x1000);
        capability(DEVICE, 4, BAR, CONFIGURATION, configuration);
        set(16, queues << 16);
    }

    /** Says where a structure is; in the place of the one before. */
    public final void capability(int at, int kind, int bar, int offset, int length) {
        capabilities.removeIf(c -> c.offset() == at);
        capabilities.add(new PciCapability(PciCapability.VENDOR, false, at));
        config(at + 3, 1, kind);
        config(at + 4, 1, bar);
        config(at + 8, 4, offset);
        config(at + 12, 4, length);
    }

    /** It has no configuration, or one of other size. */
    public final void configurationBytes(int bytes) {
        capability(DEVICE, bytes == 0 ? 9 : 4, BAR, CONFIGURATION, bytes);
    }

    /** Four bytes of its configuration. */
    public final void configuration(int offset, int value) {
        set(CONFIGURATION + offset, value);
    }

    /** It asks for a reset. */
    public final synchronized void breaks() {
        set(STATUS, get(STATUS) | NEEDS_RESET);
    }

    /** Raises its interrupt, with or without a reason. */
    public final void interrupt() {
        raise(0);
    }

    /** The driver told of new requests; nothing is done with them unless a test does. */
    protected void notified(int queue) { }

    @Override protected long read(long offset, int width) {
        return switch ((int) offset) {
            case 4 -> (int) (offered >>> 32 * get(0));
            case SIZE -> selected() < rings.length ? queueSize : 0;
            default -> super.read(offset, width);
        };
    }

    private int selected() {
        return get(SELECT - 2) >>> 16;
    }

    @Override protected void write(long offset, int width, long value) {
        if (offset == STATUS && value == 0) {
            if (deaf) {
                return;
            }
            java.util.Arrays.fill(rings, null);
        }
        super.write(offset, width, value);
        if (offset == ENABLE && value == 1) {
            Ring ring = new Ring();
            ring.size = get(SIZE) & 0xffff;
            ring.descriptors = area(0);
            ring.available = area(1);
            ring.used = area(2);
            rings[selected()] = ring;
        } else if (offset == BELL) {
            notified((int) value);
        }
    }

    private long area(int number) {
        return get(AREAS + 8L * number) & 0xffff_ffffL | (long) get(AREAS + 4 + 8L * number) << 32;
    }

    /** The next request of a queue; null when there is none. What the driver did not give is the test's failure. */
    public final synchronized Request take(int queue) {
        Ring ring = rings[queue];
        DmaMemory available = memory.at(ring.available, 6 + 2L * ring.size);
        if (available.getShort(2) == (ring.taken & 0xffff)) {
            return null;
        }
        int head = available.getShort(4 + 2L * (ring.taken++ % ring.size));
        DmaMemory descriptors = memory.at(ring.descriptors, 16L * ring.size);
        Request request = new Request(head, new ArrayList<>(), new ArrayList<>());
        for (int at = head, left = ring.size; left > 0; left--) {
            int flags = descriptors.getShort(16L * at + 12);
            DmaMemory part = memory.at(descriptors.getLong(16L * at), Integer.toUnsignedLong(descriptors.getInt(16L * at + 8)));
            ((flags & WRITE) != 0 ? request.in : request.out).add(part);
            if ((flags & NEXT) == 0) {
                return request;
            }
            at = descriptors.getShort(16L * at + 14);
        }
        throw new AssertionError("the driver's request has no end");
    }

    /** The device says that it used this, and wrote so many bytes. */
    public final synchronized void use(int queue, int head, int length) {
        Ring ring = rings[queue];
        DmaMemory used = memory.at(ring.used, 6 + 8L * ring.size);
        long at = 4 + 8L * (ring.done % ring.size);
        used.memory().set(ValueLayout.JAVA_INT_UNALIGNED, at, head);
        used.memory().set(ValueLayout.JAVA_INT_UNALIGNED, at + 4, length);
        used.putShort(2, ++ring.done);
    }

    /** The device says that it used so many in all. */
    public final synchronized void index(int queue, int index) {
        memory.at(rings[queue].used, 4).putShort(2, index);
    }
}
