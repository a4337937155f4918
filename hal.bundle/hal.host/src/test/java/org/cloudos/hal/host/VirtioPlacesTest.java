package org.cloudos.hal.host;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.MappedRange;
import org.cloudos.hal.machine.PhysicalMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.platform.PlatformDevice.Resource;
import org.cloudos.hal.platform.PlatformFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Places of virtio devices on MMIO in a folder that looks like Linux's, and registers that are memory. */
class VirtioPlacesTest {
    private static final String DEVICES = "sys/bus/platform/devices/";
    private static final int MAGIC = 0x7472_6976, DISK = 2, NETWORK = 1;

    @TempDir
    Path root;

    private final Map<String, String> properties = new HashMap<>(Map.of("cloudos.hal.unbounded", "true"));
    private final Registers memory = new Registers();
    private VirtioPlaces places;

    private final class Registers implements PhysicalMemory {
        private final Map<Long, int[]> devices = new HashMap<>(); // magic and number
        private final List<Range> ranges = new ArrayList<>();

        @Override public List<Range> map() {
            return ranges;
        }

        @Override public MappedRange map(long address, long bytes) throws DeviceException {
            int[] device = devices.get(address);
            if (device == null) {
                throw new DeviceException(Reason.UNAVAILABLE, "Linux keeps it");
            }
            MemorySegment registers = Arena.ofAuto().allocate(bytes, 8);
            registers.set(ValueLayout.JAVA_INT, 0, device[0]);
            registers.set(ValueLayout.JAVA_INT, 8, device[1]);
            return new MappedRange() {
                @Override public long address() {
                    return address;
                }

                @Override public Mmio mmio() {
                    return new Mmio(registers);
                }

                @Override public void close() { }
            };
        }

        @Override public long physical(MemorySegment segment) {
            return -1;
        }
    }

    private void file(String name, String text) throws IOException {
        Files.createDirectories(root.resolve(name).getParent());
        Files.writeString(root.resolve(name), text);
    }

    /** A place of the device tree. @param device virtio's number, or -1 when the registers can't be read */
    private String place(long address, int device) throws IOException {
        String name = Long.toHexString(address) + ".virtio_mmio";
        file(DEVICES + name + "/of_node/compatible", "virtio,mmio\0");
        file(DEVICES + name + "/of_node/dma-coherent", "");
        Files.write(root.resolve(DEVICES + name + "/of_node/reg"), ByteBuffer.allocate(16).putLong(address).putLong(0x200).array());
        if (device >= 0) {
            memory.devices.put(address, new int[] {MAGIC, device});
        }
        return name;
    }

    /** Linux's driver has it, and says which device it is. */
    private void linux(String name, int device) throws IOException {
        file("sys/bus/platform/drivers/virtio-mmio/unbind", "");
        Files.createSymbolicLink(root.resolve(DEVICES + name + "/driver"), root.resolve("sys/bus/platform/drivers/virtio-mmio"));
        file(DEVICES + name + "/virtio0/device", String.format("0x%04x\n", device));
    }

    private List<PlatformNode> found() {
        if (places == null) {
            places = new VirtioPlaces(new PlatformWays(new KernelFiles(root), null, null, memory, properties::get));
        }
        List<PlatformNode> found = new ArrayList<>();
        places.devices(found);
        return found;
    }

    private PlatformNode node(String address) {
        return found().stream().filter(n -> n.address().equals(address)).findFirst().orElseThrow();
    }

    private static Reason refused(PlatformNode node) {
        return assertThrows(DeviceException.class, () -> node.claim("test")).reason();
    }

    @Test void registersSayWhatThereIs() throws Exception {
        place(0xa00_0000, 0);
        place(0xa00_0200, DISK);
        place(0xa00_0400, 0x1a);
        PlatformNode disk = node("tree/virtio_mmio@a000200");
        assertEquals(2, found().size()); // none in the first
        assertEquals(List.of("virtio,device2", "virtio,mmio"), disk.ids());
        assertEquals("virtio disk", disk.kind());
        assertEquals(List.of(new Resource(false, 0xa00_0200, 0x200)), disk.resources());
        assertEquals(List.of("virtio,device1a", "virtio,mmio"), node("tree/virtio_mmio@a000400").ids());
    }

    @Test void whatIsNoVirtioDeviceHasNoNumber() throws Exception {
        place(0xa00_0000, DISK);
        memory.devices.put(0xa00_0000L, new int[] {0x1234, DISK});
        assertEquals(List.of("virtio,mmio"), node("tree/virtio_mmio@a000000").ids());
    }

    @Test void whatCantBeReadIsReadLater() throws Exception {
        place(0xa00_0000, -1);
        assertEquals(List.of("virtio,mmio"), node("tree/virtio_mmio@a000000").ids());
        memory.devices.put(0xa00_0000L, new int[] {MAGIC, DISK});
        assertEquals(List.of("virtio,device2", "virtio,mmio"), node("tree/virtio_mmio@a000000").ids());
    }

    @Test void linuxSaysWhatItsDriverHas() throws Exception {
        linux(place(0xa00_0000, -1), NETWORK);
        place(0xa00_0200, -1);
        assertEquals(2, found().size());
        file("sys/module/virtio_mmio/initstate", "live\n");
        assertEquals(1, found().size()); // what it looked at and left is empty
        assertEquals("virtio,device1", found().getFirst().ids().getFirst());
        assertEquals("virtio-mmio", found().getFirst().linuxDriver());
    }

    @Test void acpiNamesPlaces() throws Exception {
        file(DEVICES + "LNRO0005:00/uevent", "");
        file(DEVICES + "LNRO0005:01/uevent", "");
        file(DEVICES + "LNRO0006:00/uevent", "");
        memory.ranges.add(new PhysicalMemory.Range(0xfeb0_0000L, 0xfeb0_01ffL, 0, "LNRO0005:00"));
        memory.ranges.add(new PhysicalMemory.Range(0, 0, 0, "LNRO0005:01")); // no right to see it
        memory.devices.put(0xfeb0_0000L, new int[] {MAGIC, DISK});
        assertEquals(1, found().size());
        assertEquals("acpi/LNRO0005:00", found().getFirst().address());
        assertEquals("virtio,device2", found().getFirst().ids().getFirst());
    }

    @Test void rubbishIsNoPlace() throws Exception {
        String name = place(0xa00_0000, DISK);
        Files.write(root.resolve(DEVICES + name + "/of_node/reg"), new byte[5]);
        assertEquals(List.of(), found());
        Files.write(root.resolve(DEVICES + name + "/of_node/reg"), ByteBuffer.allocate(16).putLong(0).putLong(1L << 40).array());
        assertEquals(List.of(), found());
    }

    @Test void withoutPermissionNoneIsTaken() throws Exception {
        linux(place(0xa00_0000, DISK), DISK);
        properties.clear();
        DeviceException e = assertThrows(DeviceException.class, () -> node("tree/virtio_mmio@a000000").claim("test"));
        assertEquals(Reason.UNAVAILABLE, e.reason());
        assertTrue(e.getMessage().contains("cloudos.hal.unbounded=true"), e.getMessage());
        assertEquals("", Files.readString(root.resolve("sys/bus/platform/drivers/virtio-mmio/unbind"))); // Linux never lost it
    }

    @Test void noneIsTakenBeforeLinuxsDriverHasLooked() throws Exception {
        place(0xa00_0000, DISK);
        properties.put("cloudos.hal.modules", "ahci,virtio_mmio");
        assertEquals(List.of("virtio,mmio"), node("tree/virtio_mmio@a000000").ids());
        assertEquals(Reason.BUSY, refused(node("tree/virtio_mmio@a000000")));
        file("sys/module/virtio_mmio/initstate", "live\n");
        node("tree/virtio_mmio@a000000").claim("test").close();
    }

    @Test void onesBesideItAreTakenFromLinuxToo() throws Exception {
        String disk = place(0xa00_0000, DISK);
        linux(disk, DISK);
        place(0xa00_0200, DISK);
        PlatformNode node = node("tree/virtio_mmio@a000200");
        PlatformFunction function = node.claim("test");
        assertEquals(disk, Files.readString(root.resolve("sys/bus/platform/drivers/virtio-mmio/unbind")));
        Files.delete(root.resolve(DEVICES + disk + "/driver")); // as Linux does
        DeviceException e = assertThrows(DeviceException.class, () -> node("tree/virtio_mmio@a000000").release());
        assertEquals(Reason.BUSY, e.reason());
        assertTrue(e.getMessage().contains("tree/virtio_mmio@a000200"), e.getMessage());
        function.close();
        node("tree/virtio_mmio@a000000").release();
        assertEquals(disk, Files.readString(root.resolve("sys/bus/platform/drivers/virtio-mmio/bind")));
    }

    @Test void aNetworkCardBesideItStaysLinuxs() throws Exception {
        linux(place(0xa00_0000, NETWORK), NETWORK);
        place(0xa00_0200, DISK);
        place(0xa00_1000, DISK);
        assertEquals(Reason.BUSY, refused(node("tree/virtio_mmio@a000200")));
        node("tree/virtio_mmio@a001000").claim("test").close(); // in another page
    }

    @Test void aDeviceThatGoesOnIsNotSilent() throws Exception {
        assertTrue(VirtioPlaces.silence(new Mmio(Arena.ofAuto().allocate(0x200, 8))));
        assertFalse(VirtioPlaces.silence(new Mmio(Arena.ofAuto().allocate(0x200, 8)) {
            @Override public int read(Reg32 r) {
                return 0xf;
            }
        }));
    }

    @Test void onlyWhatReachesMemoryGetsSome() throws Exception {
        place(0xa00_0000, DISK);
        try (PlatformFunction function = node("tree/virtio_mmio@a000000").claim("test")) {
            assertFalse(function.dma().isBounded());
        }
        PlatformNode other = new PlatformNode(new PlatformNode.Facts("pnp/00:00", "Serial port", List.of(), List.of(), ""), Hold.NONE,
                new PlatformWays(new KernelFiles(root), null, null, memory, properties::get));
        try (PlatformFunction function = other.claim("test")) {
            assertEquals(Reason.ABSENT, assertThrows(DeviceException.class, function::dma).reason());
        }
    }
}
