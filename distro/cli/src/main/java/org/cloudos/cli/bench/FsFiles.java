package org.cloudos.cli.bench;

import java.io.File;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.cloudos.cli.Console;

/**
 * Many small files through the kernel: made, looked at with the caches as they are and dropped, deleted, by one thread and by some. By {@link File}, whose
 * calls are open(2), stat(2) and unlink(2): {@link Files} asks for the time of birth too, which FUSE has no room for in the answer to a lookup.
 *
 * <p>bindfs on a tmpfs, a small server in C that has next to nothing to do, shows what the way through FUSE costs on this machine.
 */
final class FsFiles implements FsBench.Part {
    private static final int PER_FOLDER = 1000, WARM_UP = 20_000, SEVERAL = 4;
    private static final double GOAL = 0.5;

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
        rates(Files.createDirectory(scratch.resolve("warm-up")), WARM_UP, 1); // the client's code is compiled for all of them
        List<String> peers = full ? List.of("btrfs", "ext4") : List.of("btrfs", "ext4", "bindfs"); // bindfs takes minutes for many
        List<Bench.Measure> measures = new ArrayList<>(compared("1 thread", 1, peers, count, scratch, console));
        measures.addAll(compared(SEVERAL + " threads", SEVERAL, List.of("btrfs", "ext4"), count, scratch, console));
        if (HaltPolling.isOff()) {
            try (HaltPolling _ = HaltPolling.byDefault()) {
                measures.addAll(compared("1 thread, halt polling as by default", 1, List.of("btrfs"), count, scratch, console));
            }
        }
        return measures;
    }

    private static List<Bench.Measure> compared(String how, int threads, List<String> peers, int count, Path scratch, Console console)
            throws IOException, InterruptedException {
        Rates ours = rates("cloudfs", count, threads, scratch, console);
        List<Bench.Measure> measures = new ArrayList<>();
        for (String peer : peers) {
            Rates theirs = rates(peer, count, threads, scratch, console);
            double goal = peer.equals("btrfs") ? GOAL : Double.NaN;
            String of = " of " + count + " files through FUSE, " + how + " (peer: " + peer + ")";
            measures.add(new Bench.Measure("create" + of, ours.create, theirs.create, "/s", goal, true));
            measures.add(new Bench.Measure("stat" + of, ours.stat, theirs.stat, "/s", goal, true));
            measures.add(new Bench.Measure("stat, names dropped," + of, ours.cold, theirs.cold, "/s", goal, true));
            measures.add(new Bench.Measure("delete" + of, ours.delete, theirs.delete, "/s", goal, true));
        }
        return measures;
    }

    static Rates rates(String type, int count, int threads, Path scratch, Console console) throws IOException, InterruptedException {
        console.say(count + " files on " + type + ", threads: " + threads);
        try (FsPlace place = FsPlace.of(type, scratch, count > 100_000 ? "32G" : "2G")) {
            return rates(place.folder(), count, threads);
        }
    }

    private static Rates rates(Path folder, int count, int threads) throws IOException {
        List<File> files = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (i % PER_FOLDER == 0) {
                Files.createDirectory(folder.resolve("d" + i / PER_FOLDER));
            }
            files.add(folder.resolve("d" + i / PER_FOLDER + "/file" + i).toFile());
        }
        double create = rate(files, threads, File::createNewFile), stat = rate(files, threads, f -> f.lastModified() != 0);
        Files.writeString(Path.of("/proc/sys/vm/drop_caches"), "2");
        return new Rates(create, stat, rate(files, threads, f -> f.lastModified() != 0), rate(files, threads, File::delete));
    }

    private interface Use {
        boolean of(File file) throws IOException;
    }

    /** Each thread has the files of some folders. */
    private static double rate(List<File> files, int threads, Use use) throws IOException {
        int each = Math.ceilDiv(files.size() / PER_FOLDER, threads) * PER_FOLDER;
        long begin = System.nanoTime();
        try (ExecutorService all = Executors.newFixedThreadPool(threads)) {
            List<Future<?>> parts = new ArrayList<>();
            for (int from = 0; from < files.size(); from += each) {
                List<File> some = files.subList(from, Math.min(from + each, files.size()));
                parts.add(all.submit(() -> {
                    for (File file : some) {
                        if (!use.of(file)) {
                            throw new IOException(file + ": could not be made, found or deleted");
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException(e.getMessage());
        } catch (ExecutionException e) {
            throw new IOException(e.getCause().getMessage(), e.getCause());
        }
        return files.size() / ((System.nanoTime() - begin) / 1e9);
    }
}
