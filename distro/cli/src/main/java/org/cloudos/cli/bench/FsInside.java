package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.cloudos.cli.Console;

/** CloudFS in process, without the kernel above it: {@link FsProbe} in a JVM of its own, against btrfs. */
final class FsInside implements FsBench.Part {
    @Override public String name() {
        return "inside";
    }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        int files = full ? 1_000_000 : 100_000, megabytes = full ? 4096 : 1024;
        console.say("CloudFS in process, " + files + " files, " + megabytes + " MB; and btrfs");
        Path image = scratch.resolve("inside.img");
        JsonObject streams = probe("streams", image, megabytes), names = probe("names", image, files);
        double write, read;
        try (FsPlace btrfs = FsPlace.of("btrfs", scratch, full ? "16G" : "3G")) {
            String[] options = {"--bs=1m", "--size=" + megabytes + "m", "--direct=1", "--ioengine=libaio", "--iodepth=4", "--end_fsync=1"};
            write = Fio.run(btrfs.folder(), "write", options).bytesPerSecond() / 1e6;
            read = Fio.run(btrfs.folder(), "read", options).bytesPerSecond() / 1e6;
        }
        FsFiles.Rates btrfs = FsFiles.rates("btrfs", files, 1, scratch, console);
        List<Bench.Measure> measures = new ArrayList<>(List.of(
                new Bench.Measure("sequential write in process, depth 4 (peer: btrfs)", figure(streams, "write"), write, "MB/s", 1, true),
                new Bench.Measure("sequential read in process, depth 4 (peer: btrfs)", figure(streams, "read"), read, "MB/s", 1, true),
                new Bench.Measure("create of " + files + " files in process (peer: btrfs)", figure(names, "create"), btrfs.create(), "/s", 1, true),
                new Bench.Measure("stat in process (peer: btrfs)", figure(names, "stat"), btrfs.stat(), "/s", 1, true),
                new Bench.Measure("stat in process (peer: btrfs, names dropped)", figure(names, "stat"), btrfs.cold(), "/s", Double.NaN, true),
                new Bench.Measure("delete in process (peer: btrfs)", figure(names, "delete"), btrfs.delete(), "/s", 1, true)));
        measures.add(Bench.Measure.told("read of 4 KiB, from the device", figure(streams, "smallRead"), "us"));
        measures.add(Bench.Measure.told("write of 4 KiB, in memory", figure(streams, "smallWrite"), "us"));
        for (String what : new String[] {"create", "stat", "delete"}) {
            measures.add(Bench.Measure.told("garbage of a " + what, figure(names, what + "Bytes"), "bytes"));
        }
        for (String what : new String[] {"Read", "Write"}) {
            measures.add(Bench.Measure.told("garbage of a small " + what.toLowerCase(Locale.ROOT), figure(streams, "small" + what + "Bytes"), "bytes"));
        }
        return measures;
    }

    /** What a part of {@link FsProbe} prints. */
    static JsonObject probe(String part, Path image, int much, String... more) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(FsPlace.java());
        command.addAll(List.of("-XX:MaxDirectMemorySize=1g", FsProbe.class.getName(), part, image.toString(), Integer.toString(much)));
        command.addAll(List.of(more));
        return JsonParser.parseString(FsPlace.run(command.toArray(String[]::new))).getAsJsonObject();
    }

    static double figure(JsonObject all, String name) {
        return all.get(name).getAsDouble();
    }
}
