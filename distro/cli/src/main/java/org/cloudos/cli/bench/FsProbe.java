package org.cloudos.cli.bench;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.cli.fs.Images;
import org.cloudos.cli.fs.OldGarbage;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.FormatOptions;

/**
 * Measures CloudFS in a process of its own, which prints its figures as JSON. The parts: {@code streams}, {@code names}, {@code folder},
 * {@code cut}, {@code pack}, {@code memory}.
 */
public final class FsProbe {
    private static final long SIZE = 1L << 40;

    private FsProbe() { }

    /** What a part works on. */
    record Bed(CloudFs cloud, String volume, FileSystem files, Map<String, Object> figures) {
        void figure(String name, double value) {
            figures.put(name, value);
        }
    }

    @FunctionalInterface
    private interface Work {
        void on(Bed bed) throws IOException;
    }

    /** @param args the part, the image, and how much of it: files, or MB */
    public static void main(String[] args) throws IOException {
        Path image = Path.of(args[1]);
        int much = Integer.parseInt(args[2]);
        switch (args[0]) {
            case "streams" -> fresh(image, "none", bed -> FsStreams.run(bed, (long) much << 20));
            case "names" -> fresh(image, "none", bed -> FsNames.run(bed, much));
            case "folder" -> fresh(image, "none", bed -> FsNames.folder(bed, much));
            case "cut" -> cut(image, much);
            case "pack" -> fresh(image, args[3], bed -> FsStreams.pack(bed, (long) much << 20, args[3]));
            case "memory" -> memory(image, (long) much << 20);
            default -> throw new IllegalArgumentException("part " + args[0]);
        }
    }

    private static void fresh(Path image, String compression, Work work) throws IOException {
        format(image, compression);
        try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
            String volume = cloud.volumes().open(images.devices(), Map.of("commit", "300")); // the log fills up, and nothing is done beside
            Bed bed = new Bed(cloud, volume, cloud.files(volume), new LinkedHashMap<>());
            work.on(bed);
            print(bed.figures);
        }
    }

    private static void format(Path image, String compression) throws IOException {
        Files.deleteIfExists(image);
        Images.create(image, SIZE);
        try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
            cloud.volumes().format(images.devices(), new FormatOptions("bench", null, compression, false, Set.of()));
        }
    }

    /** How much the process grows: first it does some with the least setting, so that the JVM has loaded and compiled what it will. */
    private static void memory(Path image, long bytes) throws IOException {
        OldGarbage.bound(); // as the process that serves a mount has it
        Map<String, Object> figures = new LinkedHashMap<>();
        format(image, "none");
        for (String memory : List.of("8m", "64m")) {
            try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
                String volume = cloud.volumes().open(images.devices(), Map.of("memory", memory));
                boolean least = memory.equals("8m");
                FsStreams.all(new Bed(cloud, volume, cloud.files(volume), figures), least ? bytes / 4 : bytes);
                figures.put(least ? "before" : "most", FsStreams.resident(least ? "VmRSS" : "VmHWM") / 1024.0);
            }
        }
        print(figures);
    }

    /** Ends this process as a cut would: nothing is closed. */
    static void cutOff(Bed bed) {
        print(bed.figures);
        Runtime.getRuntime().halt(0);
    }

    /** Opened anew after a cut: nothing is in memory. */
    private static void cut(Path image, int count) throws IOException {
        Map<String, Object> figures = new LinkedHashMap<>();
        try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
            long begin = System.nanoTime();
            String volume = cloud.volumes().open(images.devices(), Map.of());
            figures.put("mount", seconds(begin) * 1e3);
            FsNames.lookups(new Bed(cloud, volume, cloud.files(volume), figures), count);
        }
        print(figures);
    }

    private static void print(Map<String, Object> figures) {
        System.out.println(new Gson().toJson(figures));
        System.out.flush();
    }

    static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }
}
