package org.cloudos.cli.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.Random;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;

/** Names in process: many files in folders of 1,000, and one folder of many. */
final class FsNames {
    static final int PER_FOLDER = 1000;
    private static final int LOOKUPS = 1000, ROUNDS = 50, COLD = 101, SNAPSHOTS = 9;
    /** A log that gets no more: half of it is 8 MiB, and a file made is some 330 bytes. */
    private static final int BATCHES = 100, IN_A_BATCH = 220;

    private FsNames() { }

    @FunctionalInterface
    private interface Use {
        void of(long folder, String name) throws IOException;
    }

    static void run(FsProbe.Bed bed, int count) throws IOException {
        FileSystem fs = bed.files();
        String[] names = new String[count];
        for (int i = 0; i < count; i++) {
            names[i] = "file" + i;
        }
        long[] folders = new long[(count + PER_FOLDER - 1) / PER_FOLDER];
        for (int i = 0; i < folders.length; i++) {
            folders[i] = fs.create(FileSystem.ROOT, "d" + i, NewNode.folder(0755, 0, 0)).node();
        }
        each(bed, "create", folders, names, (folder, name) -> fs.create(folder, name, NewNode.file(0644, 0, 0)));
        each(bed, "stat", folders, names, fs::lookup);
        each(bed, "delete", folders, names, (folder, name) -> fs.remove(folder, name, false));
    }

    /** How many a second, and the garbage of one. */
    private static void each(FsProbe.Bed bed, String what, long[] folders, String[] names, Use use) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        long begin = System.nanoTime(), allocated = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < names.length; i++) {
            use.of(folders[i / PER_FOLDER], names[i]);
        }
        bed.figure(what, names.length / FsProbe.seconds(begin));
        bed.figure(what + "Bytes", (threads.getCurrentThreadAllocatedBytes() - allocated) / (double) names.length);
    }

    /** One folder with all, a snapshot of it, then changes until the log is full; ends as by a cut. */
    static void folder(FsProbe.Bed bed, int count) throws IOException {
        FileSystem fs = bed.files();
        long folder = fs.create(FileSystem.ROOT, "many", NewNode.folder(0755, 0, 0)).node();
        long begin = System.nanoTime();
        for (int i = 0; i < count; i++) {
            fs.create(folder, "file" + i, NewNode.file(0644, 0, 0));
        }
        bed.figure("one", count / FsProbe.seconds(begin));
        fs.sync();
        snapshots(bed, folder);
        int made = 0;
        for (int batch = 0; batch < BATCHES; batch++) {
            for (int i = 0; i < IN_A_BATCH; i++) {
                fs.create(FileSystem.ROOT, "late" + made++, NewNode.file(0644, 0, 0));
            }
            fs.sync(FileSystem.ROOT, false);
        }
        bed.figure("logged", made);
        FsProbe.cutOff(bed);
    }

    /** The median of some, each after a change; and what the space of one is. */
    private static void snapshots(FsProbe.Bed bed, long folder) throws IOException {
        Median millis = new Median();
        long used = bed.files().space().bytes() - bed.files().space().free();
        for (int i = 0; i < SNAPSHOTS; i++) {
            bed.files().create(folder, "before" + i, NewNode.file(0644, 0, 0));
            bed.files().sync();
            long begin = System.nanoTime();
            bed.cloud().snapshots().create(bed.volume(), "s" + i);
            millis.add(FsProbe.seconds(begin) * 1e3);
        }
        bed.figure("snapshot", millis.get());
        bed.files().sync();
        bed.figure("snapshotSpace", (bed.files().space().bytes() - bed.files().space().free() - used) / 1024.0 / SNAPSHOTS);
    }

    /** Names of the folder with many, the first time and again. */
    static void lookups(FsProbe.Bed bed, int count) throws IOException {
        FileSystem fs = bed.files();
        long folder = fs.lookup(FileSystem.ROOT, "many").node();
        Random random = new Random(2);
        Median cold = new Median();
        for (int i = 0; i < COLD; i++) {
            long begin = System.nanoTime();
            fs.lookup(folder, "file" + random.nextInt(count));
            cold.add(FsProbe.seconds(begin) * 1e3);
        }
        bed.figure("cold", cold.get());
        String[] names = random.ints(LOOKUPS, 0, count).mapToObj(i -> "file" + i).toArray(String[]::new);
        Median warm = new Median(), garbage = new Median();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime(), allocated = threads.getCurrentThreadAllocatedBytes();
            for (String name : names) {
                fs.lookup(folder, name);
            }
            warm.add(FsProbe.seconds(begin) * 1e6 / LOOKUPS);
            garbage.add((threads.getCurrentThreadAllocatedBytes() - allocated) / (double) LOOKUPS);
        }
        bed.figure("warm", warm.get());
        bed.figure("warmBytes", garbage.get());
    }
}
