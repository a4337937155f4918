package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Console;

/** CloudFS in process, without the kernel above it: {@link FsProbe} in a JVM that compiles in full. Sequential rates against btrfs's. */
final class FsInside implements FsBench.Part {
    @Override public String name() {
        return "inside";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        int files = full ? 1_000_000 : 50_000, megabytes = full ? 4096 : 512;
        console.say("CloudFS in process, " + files + " files, " + megabytes + " MB");
        List<String> command = new ArrayList<>(FsPlace.java());
        command.addAll(List.of("-XX:MaxDirectMemorySize=1g", FsProbe.class.getName(), scratch.resolve("inside.img").toString(), "" + files, "" + megabytes));
        List<String> again = new ArrayList<>(command.subList(0, command.size() - 1));
        again.add("0");
        JsonObject ours = JsonParser.parseString(FsPlace.run(command.toArray(String[]::new))).getAsJsonObject();
        JsonParser.parseString(FsPlace.run(again.toArray(String[]::new))).getAsJsonObject().entrySet().forEach(e -> ours.add(e.getKey(), e.getValue()));
        double write, read;
        try (FsPlace btrfs = FsPlace.of("btrfs", scratch, full ? "16G" : "3G")) {
            String[] options = {"--bs=1m", "--size=" + megabytes + "m", "--direct=1", "--ioengine=libaio", "--iodepth=4", "--end_fsync=1"};
            write = Fio.run(btrfs.folder(), "write", options).bytesPerSecond() / 1e6;
            read = Fio.run(btrfs.folder(), "read", options).bytesPerSecond() / 1e6;
        }
        return List.of(
                new Bench.Measure("sequential write in process (peer: btrfs)", figure(ours, "write"), write, "MB/s", 1, true),
                new Bench.Measure("sequential read in process (peer: btrfs)", figure(ours, "read"), read, "MB/s", 1, true),
                Bench.Measure.told("create of " + files + " files in process", figure(ours, "create"), "/s"),
                new Bench.Measure("lookup among " + files + ", cold", figure(ours, "cold"), Double.NaN, "ms", 1, false),
                new Bench.Measure("lookup among " + files + ", warm", figure(ours, "warm"), Double.NaN, "us", 10, false),
                new Bench.Measure("snapshot of " + files + " files", figure(ours, "snapshot"), Double.NaN, "ms", 10, false),
                new Bench.Measure("mount of 1 TB (sparse) after a cut", figure(ours, "mount"), Double.NaN, "ms", 1000, false),
                new Bench.Measure("cache and unwritten data after " + megabytes + " MB, of 64 MiB", figure(ours, "memory"), Double.NaN, "MiB", 64, false));
    }

    private static double figure(JsonObject all, String name) {
        return all.get(name).getAsDouble();
    }
}
