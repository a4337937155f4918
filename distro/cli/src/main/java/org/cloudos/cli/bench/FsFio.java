package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.cli.Console;

/** Large and small reads and writes through the kernel, past its page cache: fio, the same job on each. */
final class FsFio implements FsBench.Part {
    private static final double SEQUENTIAL_GOAL = 0.5, RANDOM_GOAL = 0.35, MEGABYTE = 1e6;

    @Override public String name() {
        return "fio";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        String size = full ? "4g" : "512m", time = full ? "30" : "5";
        Map<String, Map<String, Double>> all = new HashMap<>();
        for (String type : new String[] {"cloudfs", "ext4", "btrfs", "xfs"}) {
            console.say("fio on " + type);
            try (FsPlace place = FsPlace.of(type, scratch, full ? "16G" : "3G")) {
                Map<String, Double> figures = new HashMap<>();
                for (String mode : new String[] {"write", "read"}) {
                    figures.put(mode, Fio.run(place.folder(), mode, "--bs=1m", "--size=" + size, "--direct=1", "--ioengine=libaio", "--iodepth=4",
                            "--end_fsync=1", "--time_based", "--runtime=" + time).bytesPerSecond() / MEGABYTE);
                }
                for (String mode : new String[] {"randread", "randwrite"}) {
                    figures.put(mode, Fio.run(place.folder(), mode, "--bs=4k", "--size=" + size, "--direct=1", "--ioengine=libaio", "--iodepth=32",
                            "--time_based", "--runtime=" + time).perSecond());
                }
                all.put(type, figures);
            }
        }
        List<Bench.Measure> measures = new ArrayList<>();
        for (String peer : new String[] {"ext4", "btrfs", "xfs"}) {
            for (String mode : new String[] {"write", "read", "randwrite", "randread"}) {
                boolean random = mode.startsWith("rand");
                double goal = !peer.equals("ext4") ? Double.NaN : random ? RANDOM_GOAL : SEQUENTIAL_GOAL;
                measures.add(new Bench.Measure((random ? "4 KiB, depth 32, " : "1 MiB, depth 4, ") + mode.replace("rand", "random ") + " through FUSE (peer: "
                        + peer + ")", all.get("cloudfs").get(mode), all.get(peer).get(mode), random ? "/s" : "MB/s", goal, true));
            }
        }
        return measures;
    }
}
