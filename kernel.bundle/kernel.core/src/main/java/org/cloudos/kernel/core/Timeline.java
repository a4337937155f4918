package org.cloudos.kernel.core;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.osgi.framework.BundleContext;

/**
 * Turns a reading of {@link System#nanoTime} into the time since power-on (booted) or since the process began
 * (hosted). Where the process began is found out at the first question.
 */
final class Timeline {
    private static final long NANOS_PER_MS = 1_000_000;
    /** {@code sysconf(_SC_CLK_TCK)}: 100 on every Linux. */
    private static final long NANOS_PER_TICK = 10 * NANOS_PER_MS;

    private final long offsetNanos;
    private Long origin; // nanoTime at the start of the process; guarded by this

    /** @param origin null to be found out from the process */
    Timeline(Long origin, Duration offset) {
        this.origin = origin;
        this.offsetNanos = offset.toNanos();
    }

    /** With {@code cloudos.epoch.offset.ms}, or {@code cloudos.life.nanos} for a second life in one process. */
    static Timeline ofProcess(BundleContext context) {
        return new Timeline(number(context, "cloudos.life.nanos"),
                Duration.ofMillis(orZero(number(context, "cloudos.epoch.offset.ms"))));
    }

    synchronized Duration at(long nanoTime) {
        if (origin == null) {
            origin = System.nanoTime() - ageOfProcess();
        }
        return Duration.ofNanos(Math.max(0, nanoTime - origin + offsetNanos));
    }

    /** proc(5): up time in seconds, and field 22 of stat: start of the process in ticks after the kernel's start. */
    private static long ageOfProcess() {
        try {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            long started = Long.parseLong(fields[22 - 3]) * NANOS_PER_TICK;
            String up = Files.readString(Path.of("/proc/uptime"));
            return (long) (Double.parseDouble(up.substring(0, up.indexOf(' '))) * 1e9) - started;
        } catch (IOException | RuntimeException e) {
            return 0;
        }
    }

    static Long number(BundleContext context, String property) {
        String value = context.getProperty(property);
        try {
            return value == null ? null : Long.valueOf(value);
        } catch (NumberFormatException e) {
            return null;
        }
    }

    private static long orZero(Long value) {
        return value == null ? 0 : value;
    }
}
