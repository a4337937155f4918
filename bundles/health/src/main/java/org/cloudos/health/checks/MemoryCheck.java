package org.cloudos.health.checks;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.cloudos.shell.Human;
import org.osgi.service.component.annotations.Component;

/** Whether the machine and the heap have memory left. The heap counts as it was after a collection. */
@Component(property = {"hc.name=memory", "hc.tags=system"})
public final class MemoryCheck implements HealthCheck {
    private static final double MACHINE_WARN = 0.05;
    private static final double MACHINE_CRITICAL = 0.02;
    private static final double HEAP_WARN = 0.90;
    private static final double HEAP_CRITICAL = 0.97;

    @Override
    public Result execute() {
        FormattingResultLog log = new FormattingResultLog();
        machine(log, Path.of("/proc/meminfo"));
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            MemoryUsage after = pool.getType() == MemoryType.HEAP ? pool.getCollectionUsage() : null;
            // Only the pool in which objects grow old: the young ones fill up and empty all the time.
            if (after != null && after.getMax() > 0 && (pool.getName().contains("Old") || pool.getName().contains("Tenured")
                    || pool.getName().contains("ZHeap") || pool.getName().contains("Shenandoah"))) {
                heap(log, pool.getName(), after);
            }
        }
        return new Result(log);
    }

    static void heap(FormattingResultLog log, String name, MemoryUsage after) {
        double share = (double) after.getUsed() / after.getMax();
        String text = name + ": " + Human.bytes(after.getUsed()) + " of " + Human.bytes(after.getMax()) + " in use after a collection";
        say(log, share > HEAP_CRITICAL, share > HEAP_WARN, text);
    }

    static void machine(FormattingResultLog log, Path meminfo) {
        try {
            String text = Files.readString(meminfo);
            OptionalLong total = field(text, "MemTotal:");
            OptionalLong available = field(text, "MemAvailable:");
            if (total.isEmpty() || available.isEmpty() || total.getAsLong() == 0) {
                log.warn("{} does not tell MemTotal and MemAvailable", meminfo);
                return;
            }
            double share = (double) available.getAsLong() / total.getAsLong();
            say(log, share < MACHINE_CRITICAL, share < MACHINE_WARN, Human.bytes(available.getAsLong()) + " of "
                    + Human.bytes(total.getAsLong()) + " of the machine's memory available");
        } catch (IOException e) {
            log.warn("{} can't be read: {}", meminfo, e.getMessage());
        }
    }

    private static void say(FormattingResultLog log, boolean critical, boolean warn, String text) {
        if (critical) {
            log.critical("{}", text);
        } else if (warn) {
            log.warn("{}", text);
        } else {
            log.info("{}", text);
        }
    }

    private static OptionalLong field(String text, String name) {
        return text.lines().filter(l -> l.startsWith(name)).map(l -> l.substring(name.length()).replaceAll("\\D", ""))
                .filter(n -> n.matches("\\d{1,15}")).mapToLong(n -> Long.parseLong(n) * 1024).findFirst();
    }
}
