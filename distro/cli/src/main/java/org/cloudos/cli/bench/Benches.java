package org.cloudos.cli.bench;

import java.util.List;

/** All benchmarks. */
public final class Benches {
    /** In the order of the list. */
    public static final List<Bench> ALL = List.of(new BootBench(), new SwapBench());

    private Benches() { }
}
