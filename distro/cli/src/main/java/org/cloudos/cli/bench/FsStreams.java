package org.cloudos.cli.bench;

import com.github.luben.zstd.Zstd;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import net.jpountz.lz4.LZ4Factory;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.NewNode;

/** Contents of files in process: long runs by as many threads as the peer has requests under way, packed and not, and what memory they take. */
final class FsStreams {
    private static final int PIECE = 1 << 20, DEPTH = 4, UNIT = 128 << 10, SMALL = 4096, ZSTD_LEVEL = 3, ROUNDS = 5, COMPILED_AFTER = 3, CALLS = 10_000;

    private FsStreams() { }

    @FunctionalInterface
    private interface Piece {
        void at(long offset, MemorySegment memory) throws IOException;
    }

    static void run(FsProbe.Bed bed, long bytes) throws IOException {
        FileSystem fs = bed.files();
        long node = fs.create(FileSystem.ROOT, "stream", NewNode.file(0644, 0, 0)).node();
        byte[] noise = noise();
        long begin = System.nanoTime();
        pieces(bytes, noise, (at, memory) -> fs.write(node, at, memory));
        fs.sync(node, true);
        bed.figure("write", bytes / 1e6 / FsProbe.seconds(begin));
        begin = System.nanoTime();
        pieces(bytes, noise, (at, memory) -> fs.read(node, at, memory));
        bed.figure("read", bytes / 1e6 / FsProbe.seconds(begin));
        small(bed, node, bytes);
    }

    /** 4 KiB by one thread: reads all over from the device, writes into memory again and again. */
    private static void small(FsProbe.Bed bed, long node, long bytes) throws IOException {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Random random = new Random(4);
        try (Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(SMALL, SMALL);
            for (String what : new String[] {"smallRead", "smallWrite"}) {
                for (int i = 0; i < CALLS; i++) {
                    call(bed, what, node, random.nextLong(bytes / SMALL) * SMALL, memory);
                }
                long begin = System.nanoTime(), allocated = threads.getCurrentThreadAllocatedBytes();
                for (int i = 0; i < CALLS; i++) {
                    call(bed, what, node, what.equals("smallRead") ? random.nextLong(bytes / SMALL) * SMALL : i % 1000 * SMALL, memory);
                }
                bed.figure(what, FsProbe.seconds(begin) * 1e6 / CALLS);
                bed.figure(what + "Bytes", (threads.getCurrentThreadAllocatedBytes() - allocated) / (double) CALLS);
            }
        }
    }

    private static void call(FsProbe.Bed bed, String what, long node, long at, MemorySegment memory) throws IOException {
        if (what.equals("smallRead")) {
            bed.files().read(node, at, memory);
        } else {
            bed.files().write(node, at, memory);
        }
    }

    private static byte[] noise() {
        byte[] noise = new byte[PIECE];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static void pieces(long bytes, byte[] begin, Piece piece) throws IOException {
        AtomicLong next = new AtomicLong();
        AtomicReference<IOException> failed = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < DEPTH; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                try (Arena arena = Arena.ofShared()) {
                    MemorySegment memory = arena.allocate(PIECE, SMALL).copyFrom(MemorySegment.ofArray(begin));
                    for (long at; (at = next.getAndAdd(PIECE)) < bytes;) {
                        piece.at(at, memory);
                    }
                } catch (IOException e) {
                    failed.set(e);
                }
            }));
        }
        for (Thread thread : threads) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
        if (failed.get() != null) {
            throw failed.get();
        }
    }

    /** The JDK's own classes, packed by the volume and by its codec alone; and noise, with and without the codec. */
    static void pack(FsProbe.Bed bed, long most, String codec) throws IOException {
        Path modules = Path.of(System.getProperty("java.home"), "lib", "modules");
        long bytes = Math.min(Files.size(modules), most) / PIECE * PIECE;
        long node = bed.files().create(FileSystem.ROOT, "modules", NewNode.file(0644, 0, 0)).node(), alone = 0;
        try (FileChannel from = FileChannel.open(modules); Arena arena = Arena.ofShared()) {
            MemorySegment memory = arena.allocate(PIECE, SMALL);
            for (long at = 0; at < bytes; at += PIECE) {
                from.read(memory.asByteBuffer(), at);
                bed.files().write(node, at, memory);
                byte[] piece = memory.toArray(ValueLayout.JAVA_BYTE);
                for (int unit = 0; unit < PIECE; unit += UNIT) {
                    alone += Math.min(UNIT, packed(codec, java.util.Arrays.copyOfRange(piece, unit, unit + UNIT)));
                }
            }
        }
        bed.files().sync();
        bed.figure("ratio", bytes / (double) bed.files().attributes(node).allocated());
        bed.figure("codec", bytes / (double) alone);
        noise(bed, most, codec);
    }

    private static int packed(String codec, byte[] unit) {
        return codec.equals("lz4") ? LZ4Factory.fastestJavaInstance().fastCompressor().compress(unit).length : Zstd.compress(unit, ZSTD_LEVEL).length;
    }

    /** Medians of writes in turn, so that the device's mood is in both. */
    private static void noise(FsProbe.Bed bed, long bytes, String codec) throws IOException {
        byte[] noise = noise();
        Median plain = new Median(), packed = new Median();
        for (int i = 0; i < 2 * (ROUNDS + COMPILED_AFTER); i++) {
            String name = "noise" + i;
            long node = bed.files().create(FileSystem.ROOT, name, NewNode.file(0644, 0, 0)).node();
            bed.cloud().upkeep().compression(bed.volume(), node, i % 2 == 0 ? "none" : codec);
            long begin = System.nanoTime();
            pieces(bytes, noise, (at, memory) -> bed.files().write(node, at, memory));
            bed.files().sync(node, true);
            if (i >= 2 * COMPILED_AFTER) {
                (i % 2 == 0 ? plain : packed).add(bytes / 1e6 / FsProbe.seconds(begin));
            }
            bed.files().remove(FileSystem.ROOT, name, false);
            bed.files().sync();
        }
        bed.figure("plainNoise", plain.get());
        bed.figure("packedNoise", packed.get());
    }

    /** Long runs, small writes all over, reads, and small files. */
    static void all(FsProbe.Bed bed, long bytes) throws IOException {
        FileSystem fs = bed.files();
        long folder = fs.create(FileSystem.ROOT, "all " + bytes, NewNode.folder(0755, 0, 0)).node();
        long node = fs.create(folder, "stream", NewNode.file(0644, 0, 0)).node();
        byte[] noise = noise();
        pieces(bytes / 2, noise, (at, memory) -> fs.write(node, at, memory));
        Random random = new Random(3);
        pieces(bytes / 4, noise, (start, memory) -> {
            for (int i = 0; i < PIECE / SMALL; i++) {
                long at;
                synchronized (random) {
                    at = random.nextLong(bytes / 2 / SMALL) * SMALL;
                }
                fs.write(node, at, memory.asSlice(0, SMALL));
            }
        });
        pieces(bytes / 2, noise, (at, memory) -> fs.read(node, at, memory));
        try (Arena arena = Arena.ofShared()) {
            MemorySegment small = arena.allocate(SMALL, SMALL);
            for (long i = 0; i < bytes / 4 / SMALL; i++) {
                fs.write(fs.create(folder, "file" + i, NewNode.file(0644, 0, 0)).node(), 0, small);
            }
        }
        fs.sync();
    }

    /** In KiB. */
    static long resident(String field) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream().filter(l -> l.startsWith(field + ":"))
                .mapToLong(l -> Long.parseLong(l.replaceAll("\\D", ""))).findFirst().orElseThrow();
    }
}
