package org.cloudos.fs.suite;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.fs.AllocateMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.SeekMode;
import org.cloudos.fs.VolumeInfo.Feature;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Contents of files, and what threads do at once. */
public abstract class ContentsSuite {
    private static final long ROOT = FileSystem.ROOT;
    protected FileSystem fs;
    protected Probe probe;
    private long file;

    /** A fresh, empty volume with at least 64 MiB free. */
    protected abstract FileSystem open() throws Exception;

    /** Ends the volume. */
    protected void close() throws Exception { }

    @BeforeEach void openVolume() throws Exception {
        fs = open();
        probe = new Probe(fs);
        file = probe.file(ROOT, "file");
    }

    @AfterEach void closeVolume() throws Exception {
        close();
    }

    @Test void whatWasWrittenIsRead() throws FsException {
        byte[] content = bytes(300_001, 7);
        assertEquals(content.length, probe.write(file, 0, content));
        assertArrayEquals(content, probe.all(file));
        assertArrayEquals(Arrays.copyOfRange(content, 4095, 8193), probe.read(file, 4095, 4098));
        assertEquals(0, probe.read(file, 300_001, 10).length);
        assertEquals(1, probe.read(file, 300_000, 10).length);
        assertEquals(0, probe.read(file, Long.MAX_VALUE - 10, 10).length);
        assertEquals(0, probe.write(file, 500_000, new byte[0]));
        assertEquals(300_001, fs.attributes(file).size(), "nothing was written behind the end");
    }

    @Test void unalignedPiecesMakeOneWhole() throws FsException {
        byte[] content = bytes(100_000, 8);
        for (int at = content.length; at > 0;) {
            int from = Math.max(0, at - 777);
            probe.write(file, from, Arrays.copyOfRange(content, from, at));
            at = from;
        }
        assertArrayEquals(content, probe.all(file));
    }

    /** The first part may be kept in another way than the rest, which is still on its way to the medium. */
    @Test void aSmallFileThatGrewReadsAsZerosBehindItsFirstPart() throws FsException {
        probe.write(file, 0, bytes(9, 1));
        fs.sync();
        probe.write(file, 300_000, bytes(5, 1));
        assertArrayEquals(new byte[190_000], probe.read(file, 324, 190_000));
        assertArrayEquals(bytes(9, 1), probe.read(file, 0, 9));
    }

    @Test void gapsReadAsZeros() throws FsException {
        probe.write(file, 1_000_000, bytes(5, 1));
        assertEquals(1_000_005, fs.attributes(file).size());
        assertArrayEquals(new byte[10_000], probe.read(file, 500_000, 10_000));
        if (fs.info().features().contains(Feature.HOLES)) {
            assertTrue(fs.attributes(file).allocated() < 500_000, "allocated " + fs.attributes(file).allocated());
        }
    }

    @Test void farAwayIsNear() throws FsException {
        long far = Math.min(fs.info().maxFileSize(), 16L << 40) - 5;
        probe.write(file, far, bytes(5, 1));
        assertArrayEquals(bytes(5, 1), probe.read(file, far, 100));
        assertEquals(far + 5, fs.attributes(file).size());
        refused(Errno.EFBIG, () -> probe.write(file, fs.info().maxFileSize(), bytes(5, 1)));
        refused(Errno.EFBIG, () -> fs.set(file, AttributeChange.size(Long.MAX_VALUE)));
    }

    @Test void sizeIsSet() throws FsException {
        probe.write(file, 0, bytes(10_000, 3));
        fs.set(file, AttributeChange.size(5000));
        fs.set(file, AttributeChange.size(9000));
        byte[] expected = Arrays.copyOf(Arrays.copyOf(bytes(10_000, 3), 5000), 9000);
        assertArrayEquals(expected, probe.all(file));
        fs.set(file, AttributeChange.size(0));
        assertEquals(0, fs.attributes(file).size());
        assertEquals(0, fs.attributes(file).allocated());
        refused(Errno.EINVAL, () -> fs.set(file, AttributeChange.size(-1)));
    }

    @Test void appendsGoToTheEnd() throws FsException {
        assertEquals(0, probe.append(file, bytes(10, 1)));
        assertEquals(10, probe.append(file, bytes(5000, 2)));
        assertEquals(5010, fs.attributes(file).size());
        assertArrayEquals(bytes(5000, 2), probe.read(file, 10, 5000));
    }

    @Test void onlyFilesHaveContents() throws FsException {
        refused(Errno.EISDIR, () -> probe.read(ROOT, 0, 10));
        refused(Errno.EISDIR, () -> probe.write(ROOT, 0, new byte[1]));
        refused(Errno.EINVAL, () -> probe.read(file, -1, 10));
        refused(Errno.EINVAL, () -> probe.write(file, -1, new byte[1]));
    }

    @Test void holesArePunchedAndFound() throws FsException {
        byte[] content = bytes(1 << 20, 9);
        probe.write(file, 0, content);
        try {
            fs.allocate(file, 200_001, 400_002, AllocateMode.PUNCH_HOLE);
        } catch (FsException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            return;
        }
        Arrays.fill(content, 200_001, 600_003, (byte) 0);
        assertArrayEquals(content, probe.all(file));
        long hole = fs.seek(file, 0, SeekMode.HOLE), data = fs.seek(file, hole, SeekMode.DATA);
        assertTrue(hole >= 200_001 && hole <= 1 << 20, "hole at " + hole);
        assertTrue(data <= 600_003 && data > hole || hole == 1 << 20, "data at " + data);
        assertEquals(0, fs.seek(file, 0, SeekMode.DATA));
        refused(Errno.ENXIO, () -> fs.seek(file, 1 << 20, SeekMode.DATA));
        refused(Errno.ENXIO, () -> fs.seek(file, 1 << 20, SeekMode.HOLE));
        fs.set(file, AttributeChange.size(2 << 20));
        refused(Errno.ENXIO, () -> fs.seek(file, (1 << 20) + 65_536, SeekMode.DATA));
    }

    @Test void spaceIsReserved() throws FsException {
        probe.write(file, 0, bytes(1000, 1));
        try {
            fs.allocate(file, 500, 100_000, AllocateMode.RESERVE);
        } catch (FsException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            return;
        }
        assertEquals(100_500, fs.attributes(file).size());
        assertArrayEquals(Arrays.copyOf(bytes(1000, 1), 100_500), probe.all(file));
        fs.allocate(file, 0, 1 << 20, AllocateMode.RESERVE_KEEP_SIZE);
        assertEquals(100_500, fs.attributes(file).size());
        assertTrue(fs.attributes(file).allocated() >= 1 << 20);
        fs.allocate(file, 100, 200, AllocateMode.ZERO);
        byte[] expected = Arrays.copyOf(bytes(1000, 1), 1000);
        Arrays.fill(expected, 100, 300, (byte) 0);
        assertArrayEquals(expected, probe.read(file, 0, 1000));
        fs.set(file, AttributeChange.size(200_000));
        assertArrayEquals(new byte[99_500], probe.read(file, 100_500, 99_500));
        refused(Errno.EINVAL, () -> fs.allocate(file, 0, 0, AllocateMode.RESERVE));
        refused(Errno.EINVAL, () -> fs.allocate(file, -1, 10, AllocateMode.RESERVE));
        refused(Errno.EFBIG, () -> fs.allocate(file, Long.MAX_VALUE - 5, 5, AllocateMode.RESERVE));
    }

    @Test void rangesAreCopied() throws FsException {
        byte[] content = bytes(500_000, 11);
        probe.write(file, 0, content);
        long other = probe.file(ROOT, "other");
        assertEquals(400_000, fs.copy(file, 100_000, other, 7, 1 << 30));
        assertArrayEquals(Arrays.copyOfRange(content, 100_000, 500_000), probe.read(other, 7, 500_000));
        assertEquals(0, fs.copy(file, 500_000, other, 0, 10));
        assertEquals(10, fs.copy(file, 0, file, 600_000, 10));
        assertArrayEquals(Arrays.copyOf(content, 10), probe.read(file, 600_000, 10));
        refused(Errno.EINVAL, () -> fs.copy(file, 0, file, 5, 10));
    }

    @Test void sharedBlocksAreApartAfterAWrite() throws FsException {
        byte[] content = bytes(1 << 20, 12);
        probe.write(file, 0, content);
        long other = probe.file(ROOT, "other");
        try {
            fs.share(file, 0, other, 0, 0);
        } catch (FsException e) {
            assertEquals(Errno.EOPNOTSUPP, e.errno());
            return;
        }
        probe.write(other, 5000, new byte[10]);
        assertArrayEquals(content, probe.all(file));
        Arrays.fill(content, 5000, 5010, (byte) 0);
        assertArrayEquals(content, probe.all(other));
    }

    @Test void syncIsForNodesThatAre() throws FsException {
        probe.write(file, 0, bytes(100_000, 1));
        fs.sync(file, false);
        fs.sync(file, true);
        fs.sync();
        refused(Errno.ENOENT, () -> fs.sync(7_777_777, false));
    }

    @Test void aFullVolumeSaysSoAndIsWell() throws FsException {
        byte[] part = bytes(1 << 20, 13);
        long at = 0;
        long limit = fs.space().available() + (64 << 20);
        if (limit > 1L << 30) {
            return; // too large to be filled here
        }
        Errno end = null;
        while (end == null && at < limit) {
            try {
                at += probe.write(file, at, part);
                fs.sync(file, true);
            } catch (FsException e) {
                end = e.errno();
            }
        }
        assertEquals(Errno.ENOSPC, end);
        assertArrayEquals(part, probe.read(file, 0, part.length));
        fs.remove(ROOT, "file", false);
        long next = probe.file(ROOT, "next");
        assertEquals(part.length, probe.write(next, 0, part));
        fs.sync();
    }

    @Test void appendsOfManyAreWhole() throws Exception {
        int threads = 4, records = 300, size = 100;
        together(threads, t -> {
            for (int i = 0; i < records; i++) {
                byte[] line = new byte[size];
                Arrays.fill(line, (byte) (t + 1));
                probe.append(file, line);
            }
        });
        byte[] all = probe.all(file);
        assertEquals(threads * records * size, all.length);
        for (int i = 0; i < all.length; i++) {
            assertEquals(all[i - i % size], all[i], "record at " + i);
        }
    }

    @Test void renamesOfManyLoseNothing() throws Exception {
        long a = probe.folder(ROOT, "a"), b = probe.folder(ROOT, "b");
        for (int i = 0; i < 4; i++) {
            probe.file(a, "f" + i);
        }
        together(4, t -> {
            for (int i = 0; i < 200; i++) {
                fs.rename(i % 2 == 0 ? a : b, "f" + t, i % 2 == 0 ? b : a, "f" + t, RenameMode.REPLACE);
                fs.create(ROOT, "t" + t, org.cloudos.fs.NewNode.file(0600, 0, 0));
                fs.rename(ROOT, "t" + t, ROOT, "shared", RenameMode.REPLACE);
            }
        });
        assertEquals(List.of("f0", "f1", "f2", "f3"), probe.names(a));
        assertEquals(List.of(), probe.names(b));
        assertEquals(List.of("a", "b", "file", "shared"), probe.names(ROOT));
        assertNull(fs.lookup(ROOT, "t0"));
    }

    /** What a thread does. */
    @FunctionalInterface
    protected interface Work {
        /** Thread {@code number} of those that run together. */
        void run(int number) throws Exception;
    }

    protected static void together(int threads, Work work) throws Exception {
        AtomicReference<Exception> failed = new AtomicReference<>();
        List<Thread> all = new ArrayList<>();
        for (int t = 0; t < threads; t++) {
            int number = t;
            all.add(Thread.ofPlatform().start(() -> {
                try {
                    work.run(number);
                } catch (Exception e) {
                    failed.set(e);
                }
            }));
        }
        for (Thread thread : all) {
            thread.join();
        }
        if (failed.get() != null) {
            throw failed.get();
        }
    }
}
