package org.cloudos.test.micro;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.cloudos.drv.ram.RamDisk;
import org.cloudos.fs.Attributes;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.cloudfs.CloudFs;
import org.cloudos.fs.volume.FormatOptions;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** CloudFS in process on a RAM disk: no device is waited for, so that what is left is its own work. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
public class CloudFsPaths {
    private static final int BLOCK = 4096, NAMES = 20_000, USED_NAMES = 1000;
    private static final long DISK = 2L << 30, FILE = 32L << 20;

    private final RamDisk disk = new RamDisk("micro", 512, DISK / 512);
    private final CloudFs cloud = new CloudFs();
    private final SplittableRandom random = new SplittableRandom(1);
    private final MemorySegment block = Arena.ofAuto().allocate(BLOCK, BLOCK);
    private final String[] names = new String[USED_NAMES];
    private final long[] nodes = new long[USED_NAMES];
    private FileSystem files;
    private long file;

    @Setup public void fill() throws FsException {
        cloud.volumes().format(List.of(disk), new FormatOptions("micro", null, "none", false, Set.of()));
        files = cloud.files(cloud.volumes().open(List.of(disk), Map.of("commit", "300")));
        for (int i = 0; i < NAMES; i++) {
            Attributes made = files.create(FileSystem.ROOT, "name-" + i, NewNode.file(0644, 0, 0));
            if (i % (NAMES / USED_NAMES) == 0) {
                names[i / (NAMES / USED_NAMES)] = "name-" + i;
                nodes[i / (NAMES / USED_NAMES)] = made.node();
            }
        }
        file = files.create(FileSystem.ROOT, "large", NewNode.file(0644, 0, 0)).node();
        for (long at = 0; at < FILE; at += BLOCK) {
            files.write(file, at, block);
        }
        files.sync();
    }

    @TearDown public void close() {
        cloud.close();
    }

    private long somewhere() {
        return random.nextLong(FILE / BLOCK) * BLOCK;
    }

    /** One of 1,000 names among 20,000 in a folder. */
    @Benchmark public Attributes lookup() throws FsException {
        return files.lookup(FileSystem.ROOT, names[random.nextInt(USED_NAMES)]);
    }

    /** Of one of 1,000 nodes. */
    @Benchmark public Attributes attributes() throws FsException {
        return files.attributes(nodes[random.nextInt(USED_NAMES)]);
    }

    /** A file is made, and removed again. */
    @Benchmark public void createAndRemove() throws FsException {
        files.create(FileSystem.ROOT, "new", NewNode.file(0644, 0, 0));
        files.remove(FileSystem.ROOT, "new", false);
    }

    /** 4 KiB at a random place of 32 MiB, checksum and all. */
    @Benchmark public long readBlock() throws FsException {
        return files.read(file, somewhere(), block);
    }

    /** 4 KiB at a random place of 32 MiB; writing back is in it. */
    @Benchmark public long writeBlock() throws FsException {
        return files.write(file, somewhere(), block);
    }
}
