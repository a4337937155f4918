package org.cloudos.hal.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/** The control operations of VFIO as methods: linux/vfio.h; structures begin with their size. */
final class Vfio {
    static final int CONFIG_REGION = 7, LINE = 0, MSI = 1, MSI_X = 2, ASKED_BACK = 4;
    static final int READABLE = 1, WRITABLE = 2, MAPPABLE = 4;
    private static final long BASE = ';' << 8 | 100;
    private static final long SET_IOMMU = BASE + 2, GROUP_STATUS = BASE + 3, GROUP_SET_CONTAINER = BASE + 4, GROUP_DEVICE = BASE + 6, DEVICE_INFO = BASE + 7,
            REGION_INFO = BASE + 8, IRQ_INFO = BASE + 9, SET_IRQS = BASE + 10, RESET = BASE + 11, MAP_DMA = BASE + 13, UNMAP_DMA = BASE + 14;
    private static final int TYPE_1_V2 = 3, VIABLE = 1, CAN_RESET = 1;
    private static final int IRQ_NONE = 1, IRQ_EVENTS = 4, IRQ_UNMASK = 16, IRQ_TRIGGER = 32;

    private Vfio() { }

    /** A region of the device's file. */
    record Region(int flags, long size, long offset) { }

    static boolean isViable(DeviceFile group) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = structure(arena, 8);
            group.control(GROUP_STATUS, status);
            return (status.get(JAVA_INT, 4) & VIABLE) != 0;
        }
    }

    /** Puts a group into a container and turns its I/O MMU on. */
    static void contain(DeviceFile group, DeviceFile container) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment number = arena.allocate(JAVA_INT);
            number.set(JAVA_INT, 0, container.descriptor());
            group.control(GROUP_SET_CONTAINER, number);
        }
        container.control(SET_IOMMU, TYPE_1_V2);
    }

    static DeviceFile device(DeviceFile group, String name) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            return group.open(GROUP_DEVICE, arena.allocateFrom(name));
        }
    }

    static boolean canReset(DeviceFile device) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = structure(arena, 24);
            device.control(DEVICE_INFO, info);
            return (info.get(JAVA_INT, 4) & CAN_RESET) != 0;
        }
    }

    static void reset(DeviceFile device) throws LinuxException {
        device.control(RESET, 0);
    }

    static Region region(DeviceFile device, int index) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = structure(arena, 32);
            info.set(JAVA_INT, 8, index);
            device.control(REGION_INFO, info);
            return new Region(info.get(JAVA_INT, 4), info.get(JAVA_LONG, 16), info.get(JAVA_LONG, 24));
        }
    }

    /** @param kind {@link #LINE}, {@link #MSI} or {@link #MSI_X} */
    static int interrupts(DeviceFile device, int kind) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment info = structure(arena, 16);
            info.set(JAVA_INT, 8, kind);
            device.control(IRQ_INFO, info);
            return info.get(JAVA_INT, 12);
        }
    }

    /** Lets the first interrupts count in these event counters. */
    static void deliver(DeviceFile device, int kind, int[] counters) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = irqs(arena, IRQ_EVENTS | IRQ_TRIGGER, kind, counters.length, 4L * counters.length);
            for (int i = 0; i < counters.length; i++) {
                set.set(JAVA_INT, 20 + 4L * i, counters[i]);
            }
            device.control(SET_IRQS, set);
        }
    }

    static void silence(DeviceFile device, int kind) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            device.control(SET_IRQS, irqs(arena, IRQ_NONE | IRQ_TRIGGER, kind, 0, 0));
        }
    }

    /** Lets a line, which VFIO masks when it came, come again whenever this event counter is added to. */
    static void unmaskBy(DeviceFile device, int counter) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment set = irqs(arena, IRQ_EVENTS | IRQ_UNMASK, LINE, 1, 4);
            set.set(JAVA_INT, 20, counter);
            device.control(SET_IRQS, set);
        }
    }

    private static MemorySegment irqs(Arena arena, int flags, int kind, int count, long data) {
        MemorySegment set = structure(arena, 20 + data);
        set.set(JAVA_INT, 4, flags);
        set.set(JAVA_INT, 8, kind);
        set.set(JAVA_INT, 16, count);
        return set;
    }

    static void map(DeviceFile container, MemorySegment memory, long address) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment map = structure(arena, 32);
            map.set(JAVA_INT, 4, READABLE | WRITABLE);
            map.set(JAVA_LONG, 8, memory.address());
            map.set(JAVA_LONG, 16, address);
            map.set(JAVA_LONG, 24, memory.byteSize());
            container.control(MAP_DMA, map);
        }
    }

    static void unmap(DeviceFile container, long address, long size) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment unmap = structure(arena, 24);
            unmap.set(JAVA_LONG, 8, address);
            unmap.set(JAVA_LONG, 16, size);
            container.control(UNMAP_DMA, unmap);
        }
    }

    private static MemorySegment structure(Arena arena, long size) {
        MemorySegment structure = arena.allocate(size, 8);
        structure.set(JAVA_INT, 0, (int) size);
        return structure;
    }
}
