package org.cloudos.hal.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.stream.Collectors;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.InterruptLines;

/** {@code /proc/interrupts} and {@code /proc/irq}. */
final class LinuxInterrupts implements InterruptLines {
    private final KernelFiles files;

    LinuxInterrupts(KernelFiles files) {
        this.files = files;
    }

    @Override public List<Line> lines() {
        return parse(files.text("proc/interrupts")).stream().map(l -> l.name().matches("\\d{1,6}")
                ? new Line(l.name(), l.chip(), l.users(), l.counts(), files.text("proc/irq/" + l.name() + "/smp_affinity_list")) : l).toList();
    }

    /** A line of processors, then {@code NAME: COUNT... CHIP HARDWARE USERS}, or {@code NAME: COUNT... WORDS} for those that have names. */
    static List<Line> parse(String text) {
        List<Line> found = new ArrayList<>();
        int processors = 0;
        for (String line : text.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                processors = line.isBlank() ? 0 : line.strip().split("\\s+").length;
                continue;
            }
            String name = line.substring(0, colon).strip();
            List<String> words = new ArrayList<>(List.of(line.substring(colon + 1).strip().split("\\s+")));
            long[] counts = new long[processors];
            int n = 0;
            while (n < processors && !words.isEmpty() && words.getFirst().matches("\\d{1,18}")) {
                counts[n++] = Long.parseLong(words.removeFirst());
            }
            boolean numbered = name.matches("\\d{1,6}");
            String chip = numbered && !words.isEmpty() ? words.removeFirst() : "";
            if (numbered && words.size() > 1) {
                words.removeFirst(); // the chip's own number
            }
            found.add(new Line(name, chip, String.join(" ", words), Arrays.copyOf(counts, Math.max(n, 1)), ""));
        }
        return List.copyOf(found);
    }

    @Override public void affinity(String name, BitSet processors) throws DeviceException {
        if (!name.matches("\\d{1,6}") || !Files.isDirectory(files.at("proc/irq/" + name))) {
            throw new DeviceException(Reason.ABSENT, "expected the number of an interrupt of hal:interrupts, found " + name);
        }
        String list = processors.stream().mapToObj(Integer::toString).collect(Collectors.joining(","));
        try {
            Files.write(files.at("proc/irq/" + name + "/smp_affinity_list"), list.getBytes(StandardCharsets.US_ASCII));
        } catch (IOException e) {
            throw new DeviceException(Reason.UNAVAILABLE, "interrupt " + name + " can't be moved to processors " + (list.isEmpty() ? "(none)" : list)
                    + ": " + e.getMessage() + "; expected root, processors that are online, and an interrupt that can be moved", e);
        }
    }
}
