package org.cloudos.units.engine;

import java.util.List;
import java.util.Map;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Launch;

/** Keys about processors and the order of input and output. */
final class Scheduling {
    private static final Map<String, Integer> POLICIES = Map.of("other", 0, "fifo", 1, "rr", 2, "batch", 3, "idle", 5);
    private static final List<String> IO_CLASSES = List.of("none", "realtime", "best-effort", "idle");
    private static final int IO_CLASS_SHIFT = 13;
    private static final int MOST_CPUS = 1024;

    private Scheduling() { }

    static void describe(Settings settings, String section, Launch launch) {
        settings.get(section, "CPUSchedulingPolicy", POLICIES::get).ifPresent(policy -> {
            int least = policy == 1 || policy == 2 ? 1 : 0;
            int priority = settings.number(section, "CPUSchedulingPriority", least, 0, 99);
            launch.add("sched", policy + ":" + priority + ":" + (settings.bool(section, "CPUSchedulingResetOnFork", false) ? 1 : 0));
        });
        settings.list(section, "CPUAffinity", Scheduling::numbers).forEach(n -> launch.add("cpu", n));
        boolean io = settings.has(section, "IOSchedulingClass") || settings.has(section, "IOSchedulingPriority");
        if (io) {
            int kind = settings.get(section, "IOSchedulingClass", v -> v.matches("[0-3]") ? Integer.valueOf(v) : IO_CLASSES.contains(v)
                    ? Integer.valueOf(IO_CLASSES.indexOf(v)) : null)
                    .orElse(2);
            launch.add("ioprio", kind << IO_CLASS_SHIFT | settings.number(section, "IOSchedulingPriority", 4, 0, 7));
        }
        settings.get(section, "Personality", v -> switch (v) {
            case "x86" -> 8;
            case "x86-64", "arm64" -> 0;
            default -> throw new IllegalArgumentException("expected x86 or x86-64, found " + v);
        }).ifPresent(p -> launch.add("personality", p));
    }

    /** {@code 0-3 5,7}. */
    static List<Integer> numbers(String value) {
        List<Integer> all = new java.util.ArrayList<>();
        for (String word : value.split("[,\\s]+")) {
            String[] ends = word.split("-", 2);
            int first = Values.number(ends[0], 0, MOST_CPUS);
            int last = ends.length > 1 ? Values.number(ends[1], first, MOST_CPUS) : first;
            for (int n = first; n <= last; n++) {
                all.add(n);
            }
        }
        return all;
    }
}
