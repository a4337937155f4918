package org.cloudos.metrics.collect;

import java.nio.file.Path;
import java.util.List;
import org.cloudos.metrics.MetricSource;

/** All collectors of one machine. */
public final class Collectors {
    private Collectors() { }

    /**
     * Makes them.
     *
     * @param proc usually {@code /proc}
     * @param sys  usually {@code /sys}
     */
    public static List<MetricSource> of(Path proc, Path sys) {
        return List.of(new Machine(proc), new Devices(proc, sys), new FileSystems(proc), new OwnProcess(proc), new Jvm(), new ControlGroups(sys));
    }
}
