package org.cloudos.cli.bench;

import com.google.gson.Gson;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.cli.fs.Images;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.FormatOptions;

/** Measures CloudFS in this process; prints the figures as JSON. First it fills a volume and ends as by a cut, then it opens that. */
public final class FsProbe {
    private static final long SIZE = 1L << 40;
    private static final int PIECE = 1 << 20, LOOKUPS = 1000;

    private FsProbe() { }

    /** @param args the image, the number of files, megabytes; or 0 for the second part */
    public static void main(String[] args) throws Exception {
        Path image = Path.of(args[0]);
        int files = Integer.parseInt(args[1]);
        long bytes = Long.parseLong(args[2]) << 20;
        Map<String, Object> figures = new LinkedHashMap<>();
        if (bytes == 0) {
            cold(image, files, figures);
            print(figures);
            return;
        }
        Images.create(image, SIZE);
        try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
            cloud.volumes().format(images.devices(), FormatOptions.label("bench"));
            String volume = cloud.volumes().open(images.devices(), Map.of());
            FileSystem fs = cloud.files(volume);
            streams(fs, bytes, figures);
            figures.put("memory", cloud.upkeep().statistics(volume).entrySet().stream().filter(e -> e.getKey().matches("(cache|dirty)\\.bytes"))
                    .mapToLong(Map.Entry::getValue).sum() / 1048576.0);
            long folder = fs.create(FileSystem.ROOT, "many", NewNode.folder(0755, 0, 0)).node();
            long begin = System.nanoTime();
            for (int i = 0; i < files; i++) {
                fs.create(folder, "file" + i, NewNode.file(0644, 0, 0));
            }
            figures.put("create", files / seconds(begin));
            fs.sync();
            begin = System.nanoTime();
            cloud.snapshots().create(volume, "s");
            figures.put("snapshot", seconds(begin) * 1e3);
            for (int i = 0; i < 1000; i++) { // a log to be replayed
                fs.create(FileSystem.ROOT, "late" + i, NewNode.file(0644, 0, 0));
            }
            fs.sync(FileSystem.ROOT, false);
            print(figures);
            Runtime.getRuntime().halt(0); // nothing is closed
        }
    }

    private static void print(Map<String, Object> figures) {
        System.out.println(new Gson().toJson(figures));
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    private static void streams(FileSystem fs, long bytes, Map<String, Object> figures) throws IOException {
        long node = fs.create(FileSystem.ROOT, "stream", NewNode.file(0644, 0, 0)).node();
        try (Arena arena = Arena.ofShared()) {
            MemorySegment piece = arena.allocate(PIECE, 4096);
            byte[] noise = new byte[PIECE];
            new Random(1).nextBytes(noise);
            piece.copyFrom(MemorySegment.ofArray(noise));
            long begin = System.nanoTime();
            for (long at = 0; at < bytes; at += PIECE) {
                fs.write(node, at, piece);
            }
            fs.sync(node, true);
            figures.put("write", bytes / 1e6 / seconds(begin));
            begin = System.nanoTime();
            for (long at = 0; at < bytes; at += PIECE) {
                fs.read(node, at, piece);
            }
            figures.put("read", bytes / 1e6 / seconds(begin));
        }
    }

    /** Opened anew: nothing is in memory. */
    private static void cold(Path image, int files, Map<String, Object> figures) throws IOException {
        try (Images images = Images.open(List.of(image), false); CloudFs cloud = new CloudFs()) {
            long begin = System.nanoTime();
            String volume = cloud.volumes().open(images.devices(), Map.of());
            figures.put("mount", seconds(begin) * 1e3);
            FileSystem fs = cloud.files(volume);
            long folder = fs.lookup(FileSystem.ROOT, "many").node();
            Random random = new Random(2);
            begin = System.nanoTime();
            for (int i = 0; i < 20; i++) {
                fs.lookup(folder, "file" + random.nextInt(files));
            }
            figures.put("cold", seconds(begin) * 1e3 / 20);
            String[] names = random.ints(LOOKUPS, 0, files).mapToObj(i -> "file" + i).toArray(String[]::new);
            for (int round = 0; round < 30; round++) {
                begin = System.nanoTime();
                for (String name : names) {
                    fs.lookup(folder, name);
                }
            }
            figures.put("warm", seconds(begin) * 1e6 / LOOKUPS);
        }
    }
}
