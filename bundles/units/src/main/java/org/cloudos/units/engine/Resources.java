package org.cloudos.units.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cloudos.units.Finding.Severity;
import org.cloudos.units.file.Settings;
import org.cloudos.units.file.Values;
import org.cloudos.units.process.Cgroups;

/** Keys of systemd.resource-control(5): limits of a control group. */
final class Resources {
    /** @param controller that must be there */
    private record Limit(String key, String controller, String file, Function<String, String> value) { }

    private static final List<Limit> LIMITS = List.of(
            new Limit("CPUWeight", "cpu", "cpu.weight", v -> v.equals("idle") ? "1" : weight(v)),
            new Limit("CPUShares", "cpu", "cpu.weight", v -> Long.toString(Math.clamp(Long.parseLong(v) * 100 / 1024, 1, 10_000))),
            new Limit("MemoryMin", "memory", "memory.min", Resources::memory), new Limit("MemoryLow", "memory", "memory.low", Resources::memory),
            new Limit("MemoryHigh", "memory", "memory.high", Resources::memory), new Limit("MemoryMax", "memory", "memory.max", Resources::memory),
            new Limit("MemoryLimit", "memory", "memory.max", Resources::memory), new Limit("MemorySwapMax", "memory", "memory.swap.max", Resources::memory),
            new Limit("MemoryZSwapMax", "memory", "memory.zswap.max", Resources::memory), new Limit("TasksMax", "pids", "pids.max", Resources::tasks),
            new Limit("IOWeight", "io", "io.weight", v -> "default " + weight(v)),
            new Limit("BlockIOWeight", "io", "io.weight", v -> "default " + Math.clamp(Long.parseLong(v) * 100 / 500, 1, 10_000)),
            new Limit("AllowedCPUs", "cpuset", "cpuset.cpus", v -> String.join(",", v.split("[,\\s]+"))),
            new Limit("AllowedMemoryNodes", "cpuset", "cpuset.mems", v -> String.join(",", v.split("[,\\s]+"))));

    private static final List<String> RATES = List.of("IOReadBandwidthMax rbps", "IOWriteBandwidthMax wbps", "IOReadIOPSMax riops", "IOWriteIOPSMax wiops");
    private static final List<String> OTHERS = List.of("CPUQuota", "IOReadBandwidthMax", "IOWriteBandwidthMax", "IOReadIOPSMax", "IOWriteIOPSMax",
            "IODeviceWeight");
    private static final Set<String> KEYS = Stream.concat(LIMITS.stream().map(Limit::key), OTHERS.stream()).collect(Collectors.toUnmodifiableSet());

    private final World world;
    private final Settings settings;
    private final String section;
    private final boolean any;

    Resources(World world, Settings settings, String section) {
        this.world = world;
        this.settings = settings;
        this.section = section;
        this.any = settings.hasAny(section, KEYS);
        if (any) {
            check();
        }
    }

    private static String weight(String v) {
        return Integer.toString(Values.number(v, 1, 10_000));
    }

    private static String memory(String v) {
        Optional<Double> share = Values.percent(v);
        if (share.isPresent()) {
            return Long.toString((long) (share.get() * total("/proc/meminfo", "MemTotal:")));
        }
        long bytes = Values.size(v);
        return bytes < 0 ? "max" : Long.toString(bytes);
    }

    private static String tasks(String v) {
        Optional<Double> share = Values.percent(v);
        if (share.isPresent()) {
            return Long.toString((long) (share.get() * Long.parseLong(Facts.read("/proc/sys/kernel/pid_max").strip())));
        }
        long n = Values.size(v);
        return n < 0 ? "max" : Long.toString(n);
    }

    private static long total(String file, String key) {
        try (var lines = Files.lines(Path.of(file))) {
            return lines.filter(l -> l.startsWith(key)).mapToLong(l -> Long.parseLong(l.replaceAll("\\D", "")) * 1024).findFirst().orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    private boolean has(String controller) {
        return world.cgroups().map(c -> c.controllers().contains(controller)).orElse(false);
    }

    private void check() {
        List<String> missing = new ArrayList<>();
        for (Limit limit : LIMITS) {
            Optional<String> value = settings.get(section, limit.key(), limit.value());
            if (value.isPresent() && !has(limit.controller())) {
                missing.add(limit.key());
            }
        }
        for (String key : OTHERS) {
            if (settings.has(section, key) && !has(key.startsWith("CPU") ? "cpu" : "io")) {
                missing.add(key);
            }
        }
        missing.forEach(key -> settings.find(Severity.UNPROTECTED, key,
                "this system gives units no control group with that controller, so this limit does not hold"));
    }

    /** Sets them. @return those that the kernel refused */
    List<String> apply(Path group) {
        if (!any) {
            return List.of();
        }
        List<String> refused = new ArrayList<>();
        for (Limit limit : LIMITS) {
            settings.get(section, limit.key(), limit.value()).filter(v -> has(limit.controller())).ifPresent(v -> {
                if (!Cgroups.limit(group, limit.file(), v)) {
                    refused.add(limit.key());
                }
            });
        }
        settings.get(section, "CPUQuota", Values::percent).flatMap(p -> p).filter(p -> has("cpu")).ifPresent(share -> {
            long period = settings.get(section, "CPUQuotaPeriodSec", Values::span).map(d -> Math.clamp(d.toNanos() / 1000, 1000L, 1_000_000L)).orElse(100_000L);
            if (!Cgroups.limit(group, "cpu.max", Math.max(1000, (long) (share * period)) + " " + period)) {
                refused.add("CPUQuota");
            }
        });
        for (String key : RATES) {
            String[] parts = key.split(" ");
            for (String line : has("io") ? settings.list(section, parts[0], v -> List.of(v)) : List.<String>of()) {
                String[] words = line.split("\\s+");
                Optional<String> device = words.length == 2 ? device(words[0]) : Optional.empty();
                if (device.isEmpty() || !Cgroups.limit(group, "io.max", device.get() + " " + parts[1] + "=" + rate(words[1]))) {
                    refused.add(parts[0]);
                }
            }
        }
        return refused;
    }

    /** Rates count in thousands. */
    private static String rate(String value) {
        int power = "KMGT".indexOf(value.charAt(value.length() - 1)) + 1;
        String digits = power > 0 ? value.substring(0, value.length() - 1) : value;
        return digits.matches("\\d{1,12}") ? Long.toString(Long.parseLong(digits) * (long) Math.pow(1000, power)) : "max";
    }

    /** {@code MAJOR:MINOR} of a block device, or of the one that a file is on. */
    private static Optional<String> device(String path) {
        try {
            boolean special = Files.readAttributes(Path.of(path), "posix:*").get("isOther").equals(true);
            long device = ((Number) Files.getAttribute(Path.of(path), special ? "unix:rdev" : "unix:dev")).longValue();
            return Optional.of((device >> 8 & 0xfff) + ":" + (device & 0xff | device >> 12 & 0xfff00));
        } catch (IOException e) {
            return Optional.empty();
        }
    }
}
