package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Console;

/** Small appends, each made safe: the rate of fsync, of one thread and of 16. */
final class FsSync implements FsBench.Part {
    @Override public String name() {
        return "fsync";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        List<Bench.Measure> measures = new ArrayList<>();
        for (int jobs : new int[] {1, 16}) {
            double ours = rate("cloudfs", jobs, scratch, full, console);
            measures.add(new Bench.Measure("fsync of 4 KiB appends, " + jobs + " threads, through FUSE (peer: btrfs)", ours,
                    rate("btrfs", jobs, scratch, full, console), "/s", 1, true));
            measures.add(new Bench.Measure("fsync of 4 KiB appends, " + jobs + " threads, through FUSE (peer: ext4)", ours,
                    rate("ext4", jobs, scratch, full, console), "/s", Double.NaN, true));
        }
        return measures;
    }

    private static double rate(String type, int jobs, Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        console.say("fsync of " + jobs + " threads on " + type);
        try (FsPlace place = FsPlace.of(type, scratch, "2G")) {
            return Fio.run(place.folder(), "write", "--bs=4k", "--size=64m", "--fsync=1", "--ioengine=psync", "--numjobs=" + jobs, "--time_based",
                    "--runtime=" + (full ? 20 : 4)).perSecond();
        }
    }
}
