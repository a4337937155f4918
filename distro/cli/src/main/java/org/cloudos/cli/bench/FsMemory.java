package org.cloudos.cli.bench;

import static org.cloudos.cli.bench.FsInside.figure;
import static org.cloudos.cli.bench.FsInside.probe;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.cli.Console;

/** How much a process grows while it reads and writes many times the memory that it is given (64 MiB), from what it has after some with 8 MiB. */
final class FsMemory implements FsBench.Part {
    private static final int SETTING = 64, TIMES = 15;

    @Override public String name() {
        return "memory";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        console.say("memory of a process that has " + SETTING + " MiB for a volume");
        int megabytes = (full ? 4 : 1) * SETTING * TIMES;
        JsonObject found = probe("memory", scratch.resolve("memory.img"), megabytes * 2 / 3);
        double grown = figure(found, "most") - figure(found, "before");
        return List.of(
                Bench.Measure.told("resident after a quarter of that with memory=8m", figure(found, "before"), "MiB"),
                Bench.Measure.told("resident at most, in " + megabytes + " MB of I/O", figure(found, "most"), "MiB"),
                new Bench.Measure("grown from memory=8m to memory=64m by", grown, Double.NaN, "MiB", SETTING, false));
    }
}
