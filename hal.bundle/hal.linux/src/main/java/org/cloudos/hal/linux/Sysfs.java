package org.cloudos.hal.linux;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.takeover.LinuxUse;

/** {@code /sys/bus/pci}: what Linux found, and which of its drivers has what. */
final class Sysfs {
    private static final int PORTS = 0x100, PREFETCHABLE = 0x2000;
    private final Path root;

    /** @param root {@code /sys}, or a test's */
    Sysfs(Path root) {
        this.root = root;
    }

    List<PciAddress> addresses() throws IOException {
        Path folder = root.resolve("bus/pci/devices");
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(p -> PciAddress.parse(p.getFileName().toString())).sorted().toList();
        }
    }

    Path device(PciAddress address) {
        return root.resolve("bus/pci/devices").resolve(address.toString());
    }

    /** Differs when another device came to the same place. */
    Object key(PciAddress address) throws IOException {
        return Files.readAttributes(device(address), BasicFileAttributes.class).fileKey();
    }

    /** Configuration space: all of it for root, else the first 64 bytes. */
    byte[] config(PciAddress address) throws IOException {
        return Files.readAllBytes(device(address).resolve("config"));
    }

    /** Lines {@code START END FLAGS}, one a base address register first. */
    List<PciBar> bars(PciAddress address) throws IOException {
        List<PciBar> found = new ArrayList<>();
        List<String> lines = Files.readAllLines(device(address).resolve("resource"));
        for (int i = 0; i < Math.min(6, lines.size()); i++) {
            String[] words = lines.get(i).split(" ");
            long start = Long.decode(words[0]);
            long end = Long.decode(words[1]);
            long flags = Long.decode(words[2]);
            if (flags != 0 && end > start) {
                found.add(new PciBar(i, start, end - start + 1, (flags & PORTS) != 0, (flags & PREFETCHABLE) != 0));
            }
        }
        return List.copyOf(found);
    }

    /** The driver of Linux that has it, or empty. */
    String driver(PciAddress address) {
        return LinuxUse.link(device(address).resolve("driver"));
    }

    /** The bridge whose folder it lies in. */
    Optional<PciAddress> parent(PciAddress address) {
        try {
            String above = device(address).toRealPath().getParent().getFileName().toString();
            return above.startsWith("pci") ? Optional.empty() : Optional.of(PciAddress.parse(above));
        } catch (IOException | IllegalArgumentException e) {
            return Optional.empty(); // it went, or its bus is behind something that is not PCI
        }
    }

    /** The number of its I/O MMU group, or empty. */
    String group(PciAddress address) {
        return LinuxUse.link(device(address).resolve("iommu_group"));
    }

    /** Functions that the same I/O MMU group holds: they go together. */
    List<PciAddress> groupMembers(String group) throws IOException {
        try (Stream<Path> all = Files.list(root.resolve("kernel/iommu_groups").resolve(group).resolve("devices"))) {
            return all.map(p -> PciAddress.parse(p.getFileName().toString())).sorted().toList();
        }
    }

    /** Hands the device from Linux's driver to one that gives it to programs. */
    void take(PciAddress address, String to) throws DeviceException {
        Path device = device(address);
        write(device.resolve("driver_override"), to);
        String before = driver(address);
        if (before.equals(to)) {
            return;
        }
        if (!before.isEmpty()) {
            write(device.resolve("driver/unbind"), address.toString());
        }
        write(root.resolve("bus/pci/drivers_probe"), address.toString());
        if (!driver(address).equals(to)) {
            throw new DeviceException(Reason.UNAVAILABLE, address + ": expected Linux to give it to " + to + ", found "
                    + (driver(address).isEmpty() ? "no driver" : driver(address)) + "; is the kernel module there?");
        }
    }

    /** Lets Linux have it again. */
    void giveBack(PciAddress address) throws DeviceException {
        Path device = device(address);
        write(device.resolve("driver_override"), "\n");
        if (!driver(address).isEmpty()) {
            write(device.resolve("driver/unbind"), address.toString());
        }
        write(root.resolve("bus/pci/drivers_probe"), address.toString());
    }

    private static void write(Path file, String text) throws DeviceException {
        try {
            Files.write(file, text.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new DeviceException(Reason.UNAVAILABLE, "can't write " + file + ": " + e.getMessage(), e);
        }
    }
}
