package org.cloudos.hal.virtio;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.sim.SimulatedFunction;

/** A file of registers as virtio 1.2 §4.2.2 has it, with two queues. Each access must be of 32 bits. */
final class FakeMmio extends SimulatedFunction {
    int magic = 0x7472_6976;
    int version = 2;
    int device = 2;
    long offered = Feature.VERSION_1 | Feature.EVENT_INDEX;
    int queueSize = 8;
    int raised;           // InterruptStatus
    int startsWith;       // added to the status once the driver is ready
    boolean deaf;         // never ends a reset
    boolean neverReady;   // takes no queue
    boolean shy;          // takes back features
    boolean forbidden;    // this system lets no device reach all memory
    final List<Integer> notified = new ArrayList<>();
    final Map<Integer, Long> descriptors = new HashMap<>();
    boolean closed;
    private long agreed;
    private int offeredHalf, agreedHalf, queue;
    private final Map<Integer, Boolean> ready = new HashMap<>();

    FakeMmio() {
        super(0, 0x200, 1);
    }

    @Override protected long read(long offset, int width) {
        if (width != 4 && offset < 0x100) {
            throw new AssertionError(width + " bytes at " + Long.toHexString(offset));
        }
        return switch ((int) offset) {
            case 0x000 -> magic;
            case 0x004 -> version;
            case 0x008 -> device;
            case 0x010 -> (int) (offered >>> 32 * offeredHalf);
            case 0x034 -> queue < 2 ? queueSize : 0;
            case 0x044 -> ready.getOrDefault(queue, false) ? 1 : 0;
            case 0x060 -> raised;
            default -> super.read(offset, width);
        };
    }

    @Override protected void write(long offset, int width, long value) {
        if (width != 4) {
            throw new AssertionError(width + " bytes at " + Long.toHexString(offset));
        }
        switch ((int) offset) {
            case 0x014 -> offeredHalf = (int) value;
            case 0x020 -> agreed = agreedHalf == 0 ? agreed & -1L << 32 | value & 0xffff_ffffL : agreed & 0xffff_ffffL | value << 32;
            case 0x024 -> agreedHalf = (int) value;
            case 0x030 -> queue = (int) value;
            case 0x044 -> ready.put(queue, value == 1 && !neverReady);
            case 0x050 -> notified.add((int) value);
            case 0x064 -> raised &= (int) ~value;
            case 0x070 -> status(value);
            case 0x080 -> descriptors.put(queue, value);
            default -> super.write(offset, width, value);
        }
    }

    private void status(long value) {
        if (value == 0) {
            if (deaf) {
                return;
            }
            ready.clear();
        }
        super.write(0x070, 4, (shy ? value & ~8 : value) | ((value & 4) != 0 ? startsWith : 0));
    }

    long agreed() {
        return agreed;
    }

    /** As a driver of platform devices gets it. */
    PlatformFunction platform() {
        return new PlatformFunction() {
            @Override public PlatformDevice device() {
                return new Place();
            }

            @Override public PortRange ports(int n) throws DeviceException {
                throw new DeviceException(Reason.ABSENT, "no ports");
            }

            @Override public Mmio registers(int n) throws DeviceException {
                return FakeMmio.this.registers(n);
            }

            @Override public Dma dma() throws DeviceException {
                if (forbidden) {
                    throw new DeviceException(Reason.UNAVAILABLE, "no device may reach all memory here");
                }
                return new Everywhere();
            }

            @Override public boolean isPresent() {
                return FakeMmio.this.isPresent();
            }

            @Override public void close() {
                closed = true;
            }
        };
    }

    /** No I/O MMU is in the way. */
    private final class Everywhere implements Dma {
        @Override public boolean isBounded() {
            return false;
        }

        @Override public DmaMemory allocate(long bytes, long alignment) {
            return memory.allocate(bytes, alignment);
        }

        @Override public void free(DmaMemory m) {
            memory.free(m);
        }

        @Override public long address(MemorySegment segment) {
            return memory.address(segment);
        }
    }

    private static final class Place implements PlatformDevice {
        @Override public String address() {
            return "tree/virtio_mmio@a000000";
        }

        @Override public String kind() {
            return "virtio disk";
        }

        @Override public List<String> ids() {
            return List.of("virtio,device2", "virtio,mmio");
        }

        @Override public List<Resource> resources() {
            return List.of(new Resource(false, 0xa00_0000, 0x200));
        }

        @Override public String file() {
            return "";
        }

        @Override public String linuxDriver() {
            return "";
        }

        @Override public String owner() {
            return "";
        }

        @Override public PlatformFunction claim(String owner) throws DeviceException {
            throw new DeviceException(Reason.BUSY, "it is claimed");
        }

        @Override public void release() { }
    }
}
