package org.cloudos.fs.cloudfs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.check.Check;
import org.cloudos.fs.cloudfs.mount.Joining;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.upkeep.Scrubbing;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.cloudos.hal.block.BlockDevice;

/**
 * One run of random work on a mirror while its devices fail, come back, are brought up and replaced, with cuts of power at random requests. After each
 * cut the devices together have all that was acknowledged, and so has each of them alone once it was brought up. A seed is always the same run.
 */
final class MirrorCutRun {
    private static final long SIZE = 24 << 20;
    private static final int STEPS = 60;
    private final Random random;
    private final int wanted;
    private final int everyNth;
    private final SimulatedDevice[] devices = new SimulatedDevice[3];
    /** Those that belong to the volume, also one that is pulled; {@code good} has all. */
    private SimulatedDevice good;
    private SimulatedDevice other;
    private boolean whole = true;
    private OpenVolume volume;
    private CrashWriter writer;
    private int cuts;
    private boolean inside;
    private Throwable failure;

    MirrorCutRun(long seed, int cuts) throws FsException {
        random = new Random(seed);
        wanted = cuts;
        everyNth = 4 + random.nextInt(30);
        for (int i = 0; i < 3; i++) {
            devices[i] = new SimulatedDevice(SIZE, "disk" + i);
        }
        good = devices[0];
        other = devices[1];
        Bench.format(List.of(good, other), random.nextBoolean() ? "lz4" : "none", seed % 4 == 3 || Boolean.getBoolean("cloudfs.sha256"),
                seed % 5 == 4 || Boolean.getBoolean("cloudfs.encrypted"), new Random(seed));
    }

    int run() throws Exception {
        volume = open(List.of(good, other));
        writer = new CrashWriter(random, volume, "work", false, true, random.nextBoolean());
        volume.head().sync();
        for (SimulatedDevice device : devices) {
            device.recording().atRequest(this::maybeCut);
        }
        while (cuts < wanted && failure == null) {
            work();
            fails();
            work();
            comesBack();
            work();
            replaced();
        }
        if (failure != null) {
            throw new AssertionError("after cut " + cuts, failure);
        }
        for (SimulatedDevice device : devices) {
            device.atRequest(() -> { });
        }
        volume.close();
        return cuts;
    }

    private static OpenVolume open(List<? extends BlockDevice> devices) throws FsException {
        return OpenVolume.open(List.copyOf(devices), Bench.SETTINGS, Bench.PASSPHRASE, false, Map.of());
    }

    private void work() throws Exception {
        for (int i = 0; i < STEPS && failure == null; i++) {
            writer.step();
        }
    }

    /** One of the two, in the middle of what it does. */
    private void fails() throws Exception {
        SimulatedDevice failing = random.nextBoolean() ? good : other;
        good = failing == good ? other : good;
        other = failing;
        whole = false;
        if (random.nextBoolean()) {
            failing.pulled(true);
        } else {
            failing.failFrom(failing.requests() + random.nextInt(20));
        }
    }

    private void comesBack() throws Exception {
        if (failure != null) {
            return;
        }
        other.pulled(true); // also one that failed nothing yet
        volume.head().sync();
        writer.step();
        volume.volume().amend(s -> s);
        volume.volume().commit(); // it is left out for sure
        other.pulled(false);
        other.failFrom(Long.MAX_VALUE);
        new Joining(volume.volume()).attach(other, null, false);
        for (int i = 0; i < 5; i++) {
            writer.step();
        }
        new Scrubbing(volume.volume(), (step, done, total) -> { }).run();
        whole = true;
    }

    private void replaced() throws Exception {
        if (failure != null || random.nextInt(2) == 0) {
            return;
        }
        SimulatedDevice third = java.util.Arrays.stream(devices).filter(d -> d != good && d != other).findFirst().orElseThrow();
        SimulatedDevice leaves = random.nextBoolean() ? good : other;
        good = leaves == good ? other : good;
        other = third;
        whole = false;
        new Joining(volume.volume()).attach(third, leaves.name(), true);
        writer.step();
        new Scrubbing(volume.volume(), (step, done, total) -> { }).run();
        whole = true;
    }

    private void maybeCut() {
        if (inside || failure != null || cuts >= wanted || random.nextInt(everyNth) != 0) {
            return;
        }
        inside = true;
        try {
            cuts++;
            verify(good.cut(random), other.cut(random));
        } catch (Throwable e) {
            failure = e;
        } finally {
            inside = false;
        }
    }

    private void verify(SimulatedDevice one, SimulatedDevice two) throws Exception {
        SimulatedDevice[] alone = {one.copy(), two.copy()};
        verify("the good one alone", open(Bench.SETTINGS.alone(), alone[0]));
        if (whole) {
            verify("the other alone", open(Bench.SETTINGS.alone(), alone[1]));
            String told = assertThrows(FsException.Refused.class, () -> open(List.of(alone[0], alone[1]))).getMessage();
            assertEquals(true, told.contains(one.name()) && told.contains(two.name()), told);
        }
        List<SimulatedDevice> both = random.nextBoolean() ? List.of(one, two) : List.of(two, one);
        OpenVolume volume;
        try {
            volume = open(both);
        } catch (FsException.Refused e) { // a third one, with what it had when it was replaced in its turn
            assertEquals(true, !whole && e.errno() == Errno.EINVAL && e.getMessage().contains("same half"), e.getMessage());
            return;
        }
        clean(both);
        volume.abandon();
        volume = open(both);
        writer.model.verify(volume.head(), "work");
        boolean joined = volume.volume().medium.readers().length == 2;
        assertEquals(true, joined || !whole, "a third one has nothing of the volume yet, or the other can't be read");
        new Scrubbing(volume.volume(), Progress.NONE).run();
        volume.close();
        clean(both);
        verify("one, brought up", open(Bench.SETTINGS.alone(), one));
        if (joined) {
            verify("two, brought up", open(Bench.SETTINGS.alone(), two));
        }
    }

    private static OpenVolume open(org.cloudos.fs.cloudfs.volume.Settings settings, SimulatedDevice device) throws FsException {
        return OpenVolume.open(List.of(device), settings, Bench.PASSPHRASE, false, Map.of());
    }

    private void verify(String which, OpenVolume volume) throws FsException {
        try {
            writer.model.verify(volume.head(), "work");
        } catch (AssertionError | FsException e) {
            throw new AssertionError(which, e);
        }
        volume.close();
    }

    /** Beside a device that is behind. */
    private static void clean(List<SimulatedDevice> devices) throws FsException {
        CheckReport report = new Check(new ArrayList<>(devices), Bench.PASSPHRASE, Bench.SETTINGS, Progress.NONE).run(true);
        assertEquals(List.of(), report.problems().stream().filter(p -> !p.what().contains("is behind")).toList());
    }
}
