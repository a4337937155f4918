package org.cloudos.cli.bench;

import java.util.List;
import java.util.Optional;

/** All benchmarks. */
public final class Benches {
    /** In the order of the list. */
    public static final List<Bench> ALL = List.of(new BootBench(), new SwapBench(), ServicesBench.all(), FsBench.all(), DriversBench.all(), new MicroBench());

    private Benches() { }

    /** By name; {@code services.PART}, {@code fs.PART} and {@code drivers.PART} are one part of those benchmarks. */
    public static Optional<Bench> find(String name) {
        return ALL.stream().filter(b -> b.name().equals(name)).findFirst()
                .or(() -> ServicesBench.part(name)).or(() -> FsBench.part(name)).or(() -> DriversBench.part(name));
    }
}
