package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.AtomicReference;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import org.cloudos.drv.ram.RamDisk;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.volume.FormatOptions;
import org.cloudos.fs.volume.Volumes;
import org.cloudos.kernel.swap.Change;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.BundleContext;

/** CloudFS is replaced, and put back, while files of its volume are held and written. */
class VolumeSwapTest {
    private static final List<String> FILES = List.of("org.cloudos.hal.api", "org.cloudos.fs.api", "com.github.luben.zstd-jni", "bcprov",
            "org.cloudos.fs.cloudfs");
    @TempDir Path folder;

    @Test
    void writersSeeALongerCallAtMost() throws Exception {
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
            service(user, FileSystemType.class).open(disk, Map.of());
            write(system, service(user, FileSystem.class));
        } finally {
            system.close();
        }
    }

    private static <T> T service(BundleContext user, Class<T> type) {
        return user.getService(user.getServiceReference(type));
    }

    private void write(TestSystem system, FileSystem fs) throws Exception {
        AtomicBoolean end = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        AtomicLongArray written = new AtomicLongArray(3);
        List<Thread> threads = new ArrayList<>();
        for (int t = 0; t < 3; t++) {
            int me = t;
            long node = fs.create(FileSystem.ROOT, "t" + me, NewNode.file(0600, 0, 0)).node();
            fs.hold(node);
            threads.add(Thread.ofVirtual().start(() -> {
                try (Arena arena = Arena.ofShared()) {
                    MemorySegment piece = arena.allocate(700).fill((byte) (me + 1));
                    while (!end.get() && written.get(me) < 20 << 20) {
                        assertEquals(Long.valueOf(written.get(me)), Long.valueOf(fs.append(node, piece)));
                        written.addAndGet(me, 700);
                        if (written.get(me) % 3 == 0) fs.sync(node, true);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        good(system.deploy(version("0.1.1")));
        good(system.deploy(version("0.1.2")));
        good(system.rollback("org.cloudos.fs.cloudfs"));
        assertEquals("0.1.1", system.bundle("org.cloudos.fs.cloudfs").getVersion().toString());
        end.set(true);
        for (Thread thread : threads) thread.join();
        if (failure.get() != null) throw new AssertionError(failure.get());
        for (int t = 0; t < 3; t++) {
            assertEquals(written.get(t), fs.lookup(FileSystem.ROOT, "t" + t).size());
        }
    }

    private static void good(Change change) {
        assertEquals(Change.Outcome.COMMITTED, change.outcome());
        assertEquals(0, change.callsFailed());
    }

    private Path version(String version) throws Exception {
        return version(folder, "org.cloudos.fs.cloudfs", version);
    }

    /** The same bundle with another version. */
    static Path version(Path folder, String name, String version) throws Exception {
        Path file = folder.resolve(name + "-" + version + ".jar");
        try (JarFile from = new JarFile(ClassPath.jar(name, null).toFile())) {
            Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().put(new Attributes.Name("Bundle-Version"), version);
            try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(file), manifest)) {
                for (var e : from.stream().filter(e -> !e.isDirectory() && !e.getName().startsWith("META-INF/")).toList()) {
                    out.putNextEntry(new ZipEntry(e.getName()));
                    out.write(from.getInputStream(e).readAllBytes());
                    out.closeEntry();
                }
            }
        }
        return file;
    }
}
