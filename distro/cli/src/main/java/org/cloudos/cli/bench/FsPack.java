package org.cloudos.cli.bench;

import static org.cloudos.cli.bench.FsInside.figure;
import static org.cloudos.cli.bench.FsInside.probe;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Console;

/** Compression: the JDK's classes on the volume against the codec alone over the same 128 KiB, and what noise costs. */
final class FsPack implements FsBench.Part {
    @Override public String name() {
        return "pack";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        List<Bench.Measure> measures = new ArrayList<>();
        for (String codec : new String[] {"lz4", "zstd"}) {
            console.say("compression by " + codec);
            JsonObject found = probe("pack", scratch.resolve("pack.img"), full ? 1024 : 512, codec);
            measures.add(new Bench.Measure("ratio of " + codec + " (peer: the codec alone)", figure(found, "ratio"), figure(found, "codec"), ": 1", 0.95,
                    true));
            measures.add(new Bench.Measure("write of noise with " + codec + " (peer: with none)", figure(found, "packedNoise"), figure(found, "plainNoise"),
                    "MB/s", 0.95, true));
        }
        return measures;
    }
}
