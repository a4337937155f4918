package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.cloudfs.check.Check;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;

/**
 * One run of random work on a volume, with cuts of power at random requests; after each, a volume that can be. With one writer a seed is always the
 * same run; several are threads, and then it is not.
 */
final class CrashRun {
    private static final String FOLDER = "work";
    private static final int MOST_STEPS = 20_000;
    /** One volume of so many has SHA-256. */
    private static final int DIGESTS = 8;
    /** One of so many is encrypted. */
    private static final int KEYS = 5;
    private final Random random;
    private final List<CrashWriter> writers = new ArrayList<>();
    private final int threads;
    private final boolean reserves;
    private final SimulatedDevice device;
    private OpenVolume volume;
    private volatile int cuts;
    private final int wanted;
    private final int everyNth;
    private final boolean full;
    private volatile Throwable failure;
    private boolean inside;

    CrashRun(long seed, int cuts) throws FsException {
        this(seed, cuts, 1, false);
    }

    CrashRun(long seed, int cuts, int threads, boolean reserves) throws FsException {
        this.random = new Random(seed);
        this.wanted = cuts;
        this.threads = threads;
        this.reserves = reserves;
        this.everyNth = 1 + random.nextInt(8);
        String compression = new String[] {"none", "lz4", "zstd", "none"}[random.nextInt(4)];
        full = random.nextInt(3) == 0;
        device = new SimulatedDevice((full ? 16 << 20 : 48 << 20) * (threads + 1L) / 2);
        Bench.format(List.of(device), compression, seed % DIGESTS == DIGESTS - 1 || Boolean.getBoolean("cloudfs.sha256"),
                seed % KEYS == KEYS - 1 || Boolean.getBoolean("cloudfs.encrypted"), new Random(42));
    }

    int run() throws Exception {
        volume = Bench.open(device);
        boolean alone = threads == 1;
        for (int i = 0; i < threads; i++) {
            writers.add(new CrashWriter(alone ? random : new Random(random.nextLong()), volume, FOLDER + i, full, alone, reserves));
        }
        volume.head().sync();
        device.recording().atRequest(this::maybeCut);
        if (alone) {
            work(writers.getFirst());
        } else {
            side();
        }
        device.atRequest(() -> { });
        if (failure == null) {
            volume.close();
            verify(device.copy(), models());
        }
        if (failure != null) {
            throw new AssertionError("after cut " + cuts, failure);
        }
        return cuts;
    }

    private void work(CrashWriter writer) {
        try {
            for (int i = 0; i < MOST_STEPS && cuts < wanted && failure == null; i++) {
                writer.step();
            }
        } catch (Exception e) {
            failure = e;
        }
    }

    /** Side by side. */
    private void side() throws InterruptedException {
        List<Thread> all = writers.stream().map(w -> Thread.ofPlatform().start(() -> work(w))).toList();
        for (Thread thread : all) {
            thread.join();
        }
    }

    private List<CrashModel> models() {
        return writers.stream().map(w -> threads == 1 ? w.model : w.model.copy()).toList();
    }

    /** With the device's lock held: nothing comes to the medium meanwhile. */
    private void maybeCut() {
        if (inside || failure != null || cuts >= wanted || random.nextInt(everyNth) != 0) {
            return;
        }
        inside = true;
        try {
            cuts++;
            verify(device.cut(random), models());
        } catch (Throwable e) {
            failure = e;
        } finally {
            inside = false;
        }
    }

    private void verify(SimulatedDevice first, List<CrashModel> models) throws Exception {
        clean(first, "before the replay");
        Random random = new Random(cuts);
        boolean acknowledged = random.nextBoolean();
        SimulatedDevice left = again(first, random, acknowledged);
        clean(left, "before the second replay");
        OpenVolume after = Bench.open(left);
        assertEquals(acknowledged && !full, after.head().lookup(FileSystem.ROOT, "between") != null && !full, "synced after a mount");
        for (int i = 0; i < models.size(); i++) {
            verify(after, models.get(i), FOLDER + i);
        }
        while (after.drops().step()) { }
        try {
            long node = after.head().create(FileSystem.ROOT, "after" + cuts, NewNode.file(0644, 0, 0)).node();
            after.head().write(node, 0, MemorySegment.ofArray(new byte[10_000]));
        } catch (FsException.Refused e) {
            noRoom(e);
        }
        after.close();
        clean(left, "after the replay");
    }

    private static void verify(OpenVolume after, CrashModel model, String folder) throws FsException {
        model.verify(after.head(), folder);
        for (String name : model.snapshots().keySet()) {
            UUID view = after.open(after.catalog().find(name).number());
            model.verifySnapshot(after.views().get(view), folder, name);
        }
    }

    private void noRoom(FsException.Refused e) {
        assertEquals(Errno.ENOSPC, e.errno());
        assertEquals(true, full, "room in a volume that is not to be filled");
    }

    /** A second cut, after a mount that committed nothing yet. */
    private SimulatedDevice again(SimulatedDevice left, Random random, boolean sync) throws Exception {
        OpenVolume mounted = Bench.open(left.recording());
        if (sync) {
            try {
                long node = mounted.head().create(FileSystem.ROOT, "between", NewNode.file(0644, 0, 0)).node();
                mounted.head().write(node, 0, MemorySegment.ofArray(new byte[5000]));
                mounted.head().sync(node, false);
            } catch (FsException.Refused e) {
                noRoom(e);
            }
        }
        SimulatedDevice cut = left.cut(random);
        mounted.abandon();
        return cut;
    }

    private static void clean(SimulatedDevice left, String when) throws FsException {
        CheckReport report = new Check(List.of(left), Bench.PASSPHRASE, Bench.SETTINGS, Progress.NONE).run(true);
        assertEquals(List.of(), report.problems(), when);
    }
}
