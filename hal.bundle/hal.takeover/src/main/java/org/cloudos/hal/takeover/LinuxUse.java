package org.cloudos.hal.takeover;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** What Linux, or a program on it, does with a device: taking it then would take it from under somebody. */
public final class LinuxUse {
    private LinuxUse() { }

    /**
     * What of it Linux uses: a mounted block device, one that another is made of, an interface that is up; or empty.
     *
     * @param device its folder in sysfs
     */
    public static String of(Path device) throws IOException {
        Path folder = device.toRealPath();
        for (Path block : below(folder, "block")) {
            String use = blockInUse(block);
            if (!use.isEmpty()) {
                return use;
            }
        }
        for (Path net : below(folder, "net")) {
            int flags = Integer.decode(Files.readString(net.resolve("flags")).strip());
            if ((flags & 1) != 0) {
                return "the network interface " + net.getFileName() + " is up";
            }
        }
        return "";
    }

    /** Folders two to six levels down whose class is {@code kind}: {@code nvme/nvme0/nvme0n1}, {@code virtio2/block/vda}. */
    private static List<Path> below(Path device, String kind) throws IOException {
        try (Stream<Path> all = Files.walk(device, 7)) {
            return all.filter(p -> p.getFileName().toString().equals("subsystem") && Files.isSymbolicLink(p))
                    .filter(p -> link(p).equals(kind)).map(Path::getParent).toList();
        }
    }

    /** The last name of what a link leads to, or empty. */
    public static String link(Path link) {
        try {
            return Files.exists(link, LinkOption.NOFOLLOW_LINKS) ? Files.readSymbolicLink(link).getFileName().toString() : "";
        } catch (IOException e) {
            return ""; // it went meanwhile
        }
    }

    private static String blockInUse(Path block) throws IOException {
        String number = Files.readString(block.resolve("dev")).strip();
        for (String line : Files.readAllLines(Path.of("/proc/self/mountinfo"))) {
            if (line.split(" ")[2].equals(number)) {
                return block.getFileName() + " is mounted at " + line.split(" ")[4];
            }
        }
        Path holders = block.resolve("holders");
        if (Files.isDirectory(holders)) {
            try (Stream<Path> all = Files.list(holders)) {
                Path first = all.findFirst().orElse(null);
                if (first != null) {
                    return block.getFileName() + " is held by " + first.getFileName();
                }
            }
        }
        return "";
    }
}
