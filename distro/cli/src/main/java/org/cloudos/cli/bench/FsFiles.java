package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Console;

/** Many small files through the kernel: made, looked at with the caches as they are and dropped, deleted, by one thread. */
final class FsFiles implements FsBench.Part {
    private static final int PER_FOLDER = 1000;

    @Override public String name() {
        return "files";
    }

    /**
     * @param stat as the creation left the caches
     * @param cold names and nodes dropped from the kernel's caches, what they stand in not
     */
    record Rates(double create, double stat, double cold, double delete) { }

    @Override public List<Bench.Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException {
        int count = full ? 1_000_000 : 100_000;
        Rates ours = rates("cloudfs", count, scratch, console);
        List<Bench.Measure> measures = new ArrayList<>();
        for (String peer : new String[] {"btrfs", "ext4"}) {
            Rates theirs = rates(peer, count, scratch, console);
            double goal = peer.equals("btrfs") ? 0.5 : Double.NaN;
            String of = " of " + count + " files through FUSE (peer: " + peer + ")";
            measures.add(new Bench.Measure("create" + of, ours.create, theirs.create, "/s", goal, true));
            measures.add(new Bench.Measure("stat" + of, ours.stat, theirs.stat, "/s", goal, true));
            measures.add(new Bench.Measure("stat, names dropped," + of, ours.cold, theirs.cold, "/s", goal, true));
            measures.add(new Bench.Measure("delete" + of, ours.delete, theirs.delete, "/s", goal, true));
        }
        return measures;
    }

    static Rates rates(String type, int count, Path scratch, Console console) throws IOException, InterruptedException {
        console.say(count + " files on " + type);
        try (FsPlace place = FsPlace.of(type, scratch, count > 100_000 ? "8G" : "2G")) {
            List<Path> files = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                if (i % PER_FOLDER == 0) {
                    Files.createDirectory(place.folder().resolve("d" + i / PER_FOLDER));
                }
                files.add(place.folder().resolve("d" + i / PER_FOLDER + "/file" + i));
            }
            double create = rate(files, Files::createFile), stat = rate(files, Files::getLastModifiedTime);
            Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2");
            return new Rates(create, stat, rate(files, Files::getLastModifiedTime), rate(files, Files::delete));
        }
    }

    private interface Use {
        void of(Path file) throws IOException;
    }

    private static double rate(List<Path> files, Use use) throws IOException {
        long begin = System.nanoTime();
        for (Path file : files) {
            use.of(file);
        }
        return files.size() / ((System.nanoTime() - begin) / 1e9);
    }
}
