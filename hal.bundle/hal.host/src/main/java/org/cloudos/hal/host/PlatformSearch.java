package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.hal.machine.Architecture;
import org.cloudos.hal.platform.PlatformDevice.Resource;

/**
 * Where platform devices are found: Linux's list of what ACPI names (PNP), its devices of the device tree, its input devices, and
 * the two that a PC has at places that everybody knows: the keyboard controller and the text screen.
 */
final class PlatformSearch {
    private static final Pattern PORTS = Pattern.compile("io (0x\\p{XDigit}{1,4})-(0x\\p{XDigit}{1,4}).*");
    private static final Pattern TREE = Pattern.compile("(\\p{XDigit}{1,16})\\.(.+)");
    private static final long TEXT_MEMORY = 0xb8000, TEXT_BYTES = 0x8000, LARGEST = 1 << 24;
    private final PlatformWays ways;
    private final KernelFiles files;
    private final VirtioPlaces virtio;

    PlatformSearch(PlatformWays ways) {
        this.ways = ways;
        files = ways.files();
        virtio = new VirtioPlaces(ways);
    }

    List<PlatformNode> devices() {
        List<PlatformNode> found = new ArrayList<>();
        if (Architecture.current() == Architecture.X86_64) {
            acpi(found);
            if (files.names("sys/bus/platform/devices").contains("i8042")) {
                found.add(node("platform/i8042", "PS/2 controller", List.of("i8042"), List.of(new Resource(true, 0x60, 1), new Resource(true, 0x64, 1)), "",
                        new BusHold(ways, "platform", "i8042")));
            }
            textScreen(found);
        }
        tree("amba", found);
        tree("platform", found);
        virtio.devices(found);
        input(found);
        return found;
    }

    private PlatformNode node(String address, String kind, List<String> ids, List<Resource> resources, String file, Hold hold) {
        return new PlatformNode(new PlatformNode.Facts(address, kind, List.copyOf(ids), List.copyOf(resources), file), hold, ways);
    }

    /** Serial lines: what else ACPI names is Linux's own. */
    private void acpi(List<PlatformNode> found) {
        for (String name : files.names("sys/bus/pnp/devices")) {
            String at = "sys/bus/pnp/devices/" + name + "/";
            List<String> ids = files.text(at + "id").lines().toList();
            if (ids.contains("PNP0501") || ids.contains("PNP0500")) {
                found.add(node("pnp/" + name, "Serial port", ids, ports(files.text(at + "resources")), "", new BusHold(ways, "pnp", name)));
            }
        }
    }

    /** Lines such as {@code io 0x3f8-0x3ff}, whatever else there is. */
    static List<Resource> ports(String text) {
        List<Resource> found = new ArrayList<>();
        text.lines().forEach(line -> {
            Matcher m = PORTS.matcher(line.strip());
            if (m.matches() && Integer.decode(m.group(2)) >= Integer.decode(m.group(1))) {
                found.add(new Resource(true, Integer.decode(m.group(1)), Integer.decode(m.group(2)) - Integer.decode(m.group(1)) + 1));
            }
        });
        return found;
    }

    /** The screen that the machine started with, where a display controller has it and no driver of Linux draws pixels on it. */
    private void textScreen(List<PlatformNode> found) {
        boolean display = files.names("sys/bus/pci/devices").stream().anyMatch(name -> files.text("sys/bus/pci/devices/" + name + "/class").startsWith("0x0300")
                && files.text("sys/bus/pci/devices/" + name + "/boot_vga").equals("1"));
        if (display && ScreenHold.graphics(files).isEmpty()) {
            found.add(node("legacy/vga", "Text screen", List.of("vga-text"), List.of(new Resource(false, TEXT_MEMORY, TEXT_BYTES),
                    new Resource(true, 0x3c0, 0x20)), "", new ScreenHold(ways)));
        }
    }

    /** Devices {@code ADDRESS.NAME} that the device tree names. */
    private void tree(String bus, List<PlatformNode> found) {
        for (String name : files.names("sys/bus/" + bus + "/devices")) {
            Matcher m = TREE.matcher(name);
            String node = "sys/bus/" + bus + "/devices/" + name + "/of_node";
            List<String> ids = compatible(files, "sys/bus/" + bus + "/devices/" + name);
            if (m.matches() && !ids.getFirst().isEmpty() && !VirtioPlaces.isPlace(ids)) {
                long size = size(files.at(node + "/reg"));
                List<Resource> memory = size > 0 ? List.of(new Resource(false, Long.parseUnsignedLong(m.group(1), 16), size)) : List.of();
                found.add(node("tree/" + m.group(2) + "@" + m.group(1), kind(ids), ids, memory, "", new BusHold(ways, bus, name)));
            }
        }
    }

    /** What the device tree says that a device is, the most special first; one empty text where it says nothing. */
    static List<String> compatible(KernelFiles files, String device) {
        return List.of(files.text(device + "/of_node/compatible").replaceFirst("\0$", "").split("\0"));
    }

    private static String kind(List<String> ids) {
        return ids.contains("arm,pl011") ? "Serial port" : ids.getFirst();
    }

    /** The first range's size: cells of 32 bits, big-endian, two for an address and two for a size (Devicetree Specification 0.4 §2.3.6). */
    static long size(Path reg) {
        try {
            byte[] cells = Files.readAllBytes(reg);
            long size = cells.length >= 16 ? ByteBuffer.wrap(cells).getLong(8) : 0;
            return size > 0 && size <= LARGEST ? size : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private void input(List<PlatformNode> found) {
        for (String name : files.names("sys/class/input")) {
            if (name.matches("event\\d{1,4}")) {
                String at = "sys/class/input/" + name + "/device/";
                String keys = files.text(at + "capabilities/key");
                String text = files.text(at + "name");
                found.add(node("input/" + name, text.isEmpty() ? "Input device" : text, hasLetters(keys) ? List.of("evdev-keyboard", "evdev")
                        : List.of("evdev"), List.of(),
                        "/dev/input/" + name, Hold.NONE));
            }
        }
    }

    /** Words of 64 bits, the highest first; keys 16 to 25 are the letters' upper row (linux/input-event-codes.h). */
    static boolean hasLetters(String bits) {
        String last = bits.substring(bits.lastIndexOf(' ') + 1);
        long row = 0x3ff_0000L;
        return last.matches("\\p{XDigit}{1,16}") && (Long.parseUnsignedLong(last, 16) & row) == row;
    }
}
