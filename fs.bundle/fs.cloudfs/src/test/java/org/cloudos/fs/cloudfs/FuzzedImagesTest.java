package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NodeType;
import org.cloudos.fs.cloudfs.Forger.Shape;
import org.cloudos.fs.cloudfs.Forger.Shape.Mirror;
import org.cloudos.fs.cloudfs.upkeep.Scrubbing;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.CheckReport;
import org.cloudos.fs.volume.Progress;
import org.junit.jupiter.api.Test;

/**
 * Images of which nothing can be believed are checked, repaired, mounted, read and written: each request ends, with an answer or an
 * {@link FsException} that says why. {@code cloudfs.fuzz} says how many, {@code cloudfs.seed} the first.
 */
class FuzzedImagesTest {
    /** Seeds that found faults once. */
    private static final long[] BEFORE = {3245};
    private static final int MOST_SHOWN = 20, MOST_NODES = 3000, DEEPEST = 12, SECONDS = 300;

    @Test void areRefusedOrRead() throws Exception {
        run(List.of(Shape.plain("none"), Shape.plain("lz4"), Shape.plain("zstd")), BEFORE, 300);
    }

    @Test void soAreThoseWithDigestsKeysAndMirrors() throws Exception {
        run(List.of(new Shape("none", true, false, Mirror.NONE), new Shape("lz4", true, false, Mirror.NONE),
                new Shape("none", false, true, Mirror.NONE), new Shape("zstd", true, true, Mirror.NONE),
                new Shape("none", false, false, Mirror.WHOLE), new Shape("lz4", true, true, Mirror.WHOLE),
                new Shape("none", false, false, Mirror.BEHIND), new Shape("lz4", true, false, Mirror.BEHIND)), new long[0], 150);
    }

    private static void run(List<Shape> shapes, long[] before, int usual) throws Exception {
        Map<Shape, Forger> forgers = new LinkedHashMap<>();
        for (Shape shape : shapes) {
            forgers.put(shape, new Forger(shape));
        }
        long first = Long.getLong("cloudfs.seed", 1);
        Map<String, String> faults = new LinkedHashMap<>();
        ExecutorService one = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
        try {
            for (int i = -before.length; i < Integer.getInteger("cloudfs.fuzz", usual) && faults.size() < MOST_SHOWN; i++) {
                long seed = i < 0 ? before[-i - 1] : first + i;
                Random random = new Random(seed);
                Shape shape = shapes.get(random.nextInt(shapes.size()));
                Forger.Forged bad = forgers.get(shape).forge(random);
                var used = one.submit(() -> use(bad));
                try {
                    String fault = used.get(SECONDS, TimeUnit.SECONDS);
                    if (!fault.isEmpty()) {
                        faults.putIfAbsent(fault, shape + " -Dcloudfs.seed=" + seed);
                    }
                } catch (TimeoutException e) {
                    faults.put("hangs", shape + " -Dcloudfs.seed=" + seed);
                    break;
                }
            }
        } finally {
            one.shutdownNow(); // and not waited for: what hangs may not hear of it
        }
        assertEquals(Map.of(), faults);
    }

    /** Mounted as it is, and after it was repaired. @return what must not be, or nothing */
    private static String use(Forger.Forged bad) {
        Rig rig = new Rig();
        Forger.Forged copy = bad.copy();
        String fault = fault("mount", () -> mount(copy)) + fault("check", () -> {
            CheckReport report = rig.tools.check(List.copyOf(bad.devices()), Bench.PASSPHRASE, true, Progress.NONE);
            if (!report.clean()) {
                rig.tools.repair(List.copyOf(bad.devices()), Bench.PASSPHRASE, report, Progress.NONE);
            }
        });
        for (String what : List.of("superblocks", "volumes", "log", "tree 5")) {
            fault += fault("dump", () -> rig.tools.dump(bad.devices().getFirst(), Bench.PASSPHRASE, what, _ -> { }));
        }
        return fault + fault("mount", () -> mount(bad));
    }

    private interface Work {
        void run() throws FsException;
    }

    private static String fault(String what, Work work) {
        try {
            work.run();
            return "";
        } catch (FsException e) {
            return e.getMessage() == null ? what + ": " + e + " says nothing; " : "";
        } catch (RuntimeException | Error e) {
            List<String> frames = new ArrayList<>();
            for (StackTraceElement f : e.getStackTrace()) {
                if (frames.size() < 3 && f.getClassName().startsWith("org.cloudos")) {
                    frames.add(f.getFileName() + ":" + f.getLineNumber());
                }
            }
            return what + ": " + e.getClass().getSimpleName() + " at " + frames + "; ";
        }
    }

    private static void mount(Forger.Forged bad) throws FsException {
        var volume = bad.open();
        try {
            walk(volume.head(), FileSystem.ROOT, 0, new int[1]);
            Probe probe = new Probe(volume.head());
            probe.write(probe.file(FileSystem.ROOT, "new"), 0, bytes(30_000, 1));
            volume.catalog().snapshot(5, "t", new UUID(3, 4));
            volume.head().sync();
            new Scrubbing(volume.volume(), Progress.NONE).run();
        } finally {
            volume.abandon();
        }
    }

    /** As a program would, that goes on behind a bad file: but not for ever, a folder may hold itself. */
    private static void walk(FileSystem fs, long folder, int depth, int[] nodes) throws FsException {
        List<String> names = new ArrayList<>();
        fs.list(folder, 0, (name, _, _, _) -> {
            names.add(name);
            return names.size() < MOST_NODES;
        });
        for (String name : names) {
            if (nodes[0]++ > MOST_NODES) {
                return;
            }
            try {
                Attributes a = fs.lookup(folder, name);
                if (a == null) {
                    continue; // listed in a place where its hash does not lead
                }
                for (String x : fs.extendedNames(a.node())) {
                    fs.extended(a.node(), x);
                }
                if (a.type() == NodeType.FILE) {
                    Probe probe = new Probe(fs);
                    probe.read(a.node(), 0, (int) Math.min(a.size(), 400_000));
                    probe.read(a.node(), Math.max(0, a.size() - 5000), 5000);
                } else if (a.type() == NodeType.LINK) {
                    fs.target(a.node());
                } else if (a.type() == NodeType.FOLDER && depth < DEEPEST) {
                    walk(fs, a.node(), depth + 1, nodes);
                }
            } catch (FsException e) {
                if (e.getMessage() == null) {
                    throw new IllegalStateException("no reason", e);
                }
            }
        }
    }
}
