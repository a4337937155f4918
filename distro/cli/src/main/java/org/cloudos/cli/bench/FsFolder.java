package org.cloudos.cli.bench;

import static org.cloudos.cli.bench.FsInside.figure;
import static org.cloudos.cli.bench.FsInside.probe;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.cli.Console;

/** One folder of very many files on a sparse volume of 1 TB: snapshots of it, a mount after a cut with a full log, names looked up. */
final class FsFolder implements FsBench.Part {
    @Override public String name() {
        return "folder";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        int files = full ? 1_000_000 : 100_000;
        console.say("CloudFS in process, a folder of " + files + " files");
        Path image = scratch.resolve("folder.img");
        JsonObject made = probe("folder", image, files), found = probe("cut", image, files);
        return List.of(
                Bench.Measure.told("create in one folder of " + files, figure(made, "one"), "/s"),
                new Bench.Measure("lookup among " + files + ", cold", figure(found, "cold"), Double.NaN, "ms", 1, false),
                new Bench.Measure("lookup among " + files + ", warm", figure(found, "warm"), Double.NaN, "us", 10, false),
                Bench.Measure.told("garbage of a warm lookup", figure(found, "warmBytes"), "bytes"),
                new Bench.Measure("snapshot of " + files + " files", figure(made, "snapshot"), Double.NaN, "ms", 10, false),
                new Bench.Measure("space of a snapshot after one file more", figure(made, "snapshotSpace"), Double.NaN, "KiB", 512, false),
                new Bench.Measure("mount of 1 TB (sparse) after a cut, " + (int) figure(made, "logged") + " files in the log", figure(found, "mount"),
                        Double.NaN, "ms", 1000, false));
    }
}
