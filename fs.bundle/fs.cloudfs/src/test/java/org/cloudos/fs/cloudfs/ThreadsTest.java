package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.suite.Probe;
import org.cloudos.fs.volume.Progress;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Timeout;

/** Many threads in one volume: each knows what its own files hold; names in the shared folder are anybody's. */
class ThreadsTest {
    private final Rig rig = new Rig();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    @RepeatedTest(10) @Timeout(value = 300, unit = TimeUnit.SECONDS) void nobodyDisturbsAnother() throws Exception {
        SimulatedDevice device = Bench.formatted(128 << 20, "lz4");
        String v = rig.type.open(device, Map.of("memory", "8m", "commit", "1"));
        long shared = new Probe(rig.fs(v)).folder(FileSystem.ROOT, "shared");
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int me = t;
            threads.add(Thread.ofVirtual().start(() -> run(() -> work(rig.fs(v), me, shared))));
        }
        Thread care = Thread.ofVirtual().start(() -> run(() -> care(v, threads)));
        for (Thread thread : threads) {
            thread.join();
        }
        care.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        rig.type.close(v, true);
        rig.clean(device);
    }

    private interface Work {
        void run() throws Exception;
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void care(String v, List<Thread> threads) throws Exception {
        for (int i = 0; threads.stream().anyMatch(Thread::isAlive) && failure.get() == null; i++) {
            rig.snapshots.create(v, "s" + i);
            rig.upkeep.scrub(v, Progress.NONE);
            rig.snapshots.delete(v, "s" + i);
            rig.upkeep.defragment(v, FileSystem.ROOT, Progress.NONE);
        }
    }

    private static void work(FileSystem fs, int me, long shared) throws FsException {
        Random random = new Random(me);
        Map<Integer, byte[]> files = new HashMap<>();
        long folder = new Probe(fs).folder(FileSystem.ROOT, "t" + me);
        for (int i = 0; i < 900; i++) {
            int n = random.nextInt(12);
            if (!files.containsKey(n)) {
                fs.create(folder, "f" + n, NewNode.file(0644, 0, 0));
                files.put(n, new byte[0]);
            }
            long node = fs.lookup(folder, "f" + n).node();
            switch (random.nextInt(6)) {
                case 0, 1 -> {
                    byte[] data = bytes(1 + random.nextInt(random.nextInt(8) == 0 ? 600_000 : 9000), i);
                    int offset = random.nextInt(50_000);
                    fs.write(node, offset, MemorySegment.ofArray(data));
                    byte[] after = java.util.Arrays.copyOf(files.get(n), Math.max(files.get(n).length, offset + data.length));
                    System.arraycopy(data, 0, after, offset, data.length);
                    files.put(n, after);
                }
                case 2 -> fs.sync(node, false);
                case 3 -> assertArrayEquals(files.get(n), new Probe(fs).all(node));
                case 4 -> {
                    fs.remove(folder, "f" + n, false);
                    files.remove(n);
                }
                default -> anybody(fs, shared, random);
            }
        }
        for (Map.Entry<Integer, byte[]> e : files.entrySet()) {
            assertArrayEquals(e.getValue(), new Probe(fs).all(fs.lookup(folder, "f" + e.getKey()).node()));
        }
    }

    private static void anybody(FileSystem fs, long shared, Random random) throws FsException {
        String a = "n" + random.nextInt(6), b = "n" + random.nextInt(6);
        try {
            switch (random.nextInt(4)) {
                case 0 -> fs.create(shared, a, NewNode.file(0644, 0, 0));
                case 1 -> fs.rename(shared, a, shared, b, RenameMode.values()[random.nextInt(3)]);
                case 2 -> fs.remove(shared, a, false);
                default -> fs.append(fs.lookup(shared, a) == null ? shared : fs.lookup(shared, a).node(), MemorySegment.ofArray(bytes(700, 1)));
            }
        } catch (FsException.Refused e) {
            if (e.errno() != Errno.EEXIST && e.errno() != Errno.ENOENT && e.errno() != Errno.EISDIR) {
                throw e;
            }
        } catch (NullPointerException removed) {
            return; // between the two lookups
        }
    }
}
