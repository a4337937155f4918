package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.drv.ram.RamDisk;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.kernel.swap.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** The VFS and, beneath it, CloudFS are replaced and put back, while files are open, written, locked and listed through them. */
class VfsSwapTest {
    private static final List<String> FILES = List.of("org.apache.felix.log", "org.cloudos.hal.api", "org.cloudos.fs.api",
            "com.github.luben.zstd-jni", "bcprov", "org.cloudos.fs.cloudfs", "org.cloudos.fs.tmpfs", "org.cloudos.fs.vfs");
    private static final Caller WHO = Caller.SYSTEM;
    private static final int WRITERS = 3, PIECE = 700, STOP_AT = 20 << 20;
    @TempDir Path folder;
    private final AtomicBoolean end = new AtomicBoolean();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final AtomicLongArray written = new AtomicLongArray(WRITERS), longest = new AtomicLongArray(WRITERS);

    @Test
    void openFilesOutliveTheirProviders() throws Exception {
        TestSystem system = new TestSystem(folder);
        try {
            BundleContext framework = system.framework.getBundleContext();
            for (String name : FILES) {
                system.connector.add(name, ClassPath.jar(name, null));
                framework.installBundle("cloudos:" + name);
            }
            for (String name : FILES) system.bundle(name).start();
            BundleContext user = system.caller.getBundleContext();
            RamDisk disk = new RamDisk("ram0", 512, (128L << 20) / 512);
            service(user, Volumes.class).format(List.of(disk), FormatOptions.label("swapped"));
            String volume = user.getService(user.getServiceReferences(FileSystemType.class, "(fs.type=cloudfs)").iterator().next()).open(disk, Map.of());
            Vfs vfs = service(user, Vfs.class);
            vfs.makeFolder(WHO, 0, "/data", 0755);
            vfs.mount(WHO, volume, "/data", "", Map.of());
            work(system, vfs);
        } finally {
            system.close();
        }
    }

    private static <T> T service(BundleContext user, Class<T> type) {
        return user.getService(user.getServiceReference(type));
    }

    private void work(TestSystem system, Vfs vfs) throws Exception {
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < WRITERS; i++) {
            int me = i;
            threads.add(Thread.ofVirtual().start(() -> run(vfs, me)));
        }
        try (OpenFile locked = OpenFile.open(vfs, WHO, "/data/locked", OpenHow.REPLACE);
                OpenFile other = OpenFile.open(vfs, WHO, "/data/locked", OpenHow.of(OpenFlag.WRITE))) {
            locked.lock(LockInfo.Kind.FLOCK, true, 0, 0);
            for (String version : List.of("0.1.1", "0.1.2")) {
                for (String name : List.of("org.cloudos.fs.vfs", "org.cloudos.fs.cloudfs")) {
                    good(system.deploy(VolumeSwapTest.version(folder, name, version)));
                    assertFalse(other.tryLock(LockInfo.Kind.FLOCK, true, 0, 0), "the lock came along");
                }
            }
            good(system.rollback("org.cloudos.fs.vfs"));
            good(system.rollback("org.cloudos.fs.cloudfs"));
            locked.unlock(LockInfo.Kind.FLOCK, 0, 0);
            assertTrue(other.tryLock(LockInfo.Kind.FLOCK, true, 0, 0));
        }
        end.set(true);
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw new AssertionError(failure.get());
        for (int i = 0; i < WRITERS; i++) {
            assertEquals(written.get(i), vfs.attributes(WHO, 0, "/data/t" + i, true).size());
        }
    }

    private void run(Vfs vfs, int me) {
        try (Arena arena = Arena.ofShared(); OpenFile file = OpenFile.open(vfs, WHO, "/data/t" + me,
                OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.CREATE))) {
            MemorySegment piece = arena.allocate(PIECE).fill((byte) (me + 1)), found = arena.allocate(PIECE);
            while (!end.get() && written.get(me) < STOP_AT) {
                long start = System.nanoTime();
                file.write(written.get(me), piece);
                assertEquals(PIECE, file.read(written.get(me), found));
                assertEquals(-1, piece.mismatch(found));
                written.addAndGet(me, PIECE);
                if (written.get(me) % 3 == 0) file.sync(true);
                longest.accumulateAndGet(me, System.nanoTime() - start, Math::max);
            }
        } catch (Throwable e) {
            failure.compareAndSet(null, e);
        }
    }

    private void good(Change change) {
        assertEquals(Change.Outcome.COMMITTED, change.outcome());
        assertEquals(0, change.callsFailed());
        System.getLogger("swap").log(System.Logger.Level.INFO, change.bundles().getFirst().symbolicName() + ": stall " + change.stall().toMillis()
                + " ms, longest turn of a writer " + longest + " ns");
    }
}
