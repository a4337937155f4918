package org.cloudos.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cut or a changed byte costs the block that it is in, never the file. */
class DamageTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int BLOCKS = 4, EACH = 2;
    @TempDir Path dir;

    /** Four blocks of two records, or more of fewer, in an open file. */
    private byte[] openFile(Path in) throws Exception {
        try (FileJournal journal = Records.open(in, Records.PLAIN)) {
            for (int n = 0; n < BLOCKS * EACH; n++) {
                journal.append(small(n));
                if (n % EACH == EACH - 1) {
                    assertTrue(journal.sync(LIMIT));
                }
            }
        }
        try (Stream<Path> files = Files.list(in)) {
            return Files.readAllBytes(files.filter(f -> f.toString().endsWith(Folder.OPEN)).findFirst().orElseThrow());
        }
    }

    private static Entry small(int n) {
        return Entry.at(Level.INFO, n + " message").time(Entry.nanos(Records.NOW) + n).bundle("b" + n % 2).logger("l").with("k", "v").build();
    }

    private static List<long[]> blocks(Path in, byte[] bytes) throws IOException {
        Path file = Files.write(in.resolve("copy"), bytes);
        List<long[]> found = new ArrayList<>();
        for (Located b : Scan.of(file).blocks()) {
            found.add(new long[] {b.offset(), b.offset() + BlockHeader.SIZE + b.header().stored(), b.header().first(), b.header().count()});
        }
        return found;
    }

    @Test void aCutAtAnyByteLosesTheBlockThatItIsIn() throws Exception {
        byte[] whole = openFile(dir.resolve("whole"));
        List<long[]> blocks = blocks(dir, whole);
        assertTrue(blocks.size() > BLOCKS, "the end is one too");
        for (int cut = 0; cut < whole.length; cut++) {
            int at = cut;
            List<Integer> expected = expected(blocks, b -> b[1] <= at);
            check("cut at " + cut, Arrays.copyOf(whole, cut), Folder.OPEN, expected, cut % 16 == 0);
        }
    }

    /** A full disk had left it; the file before it went on. */
    @Test void anEmptyFileAmongTheNumbersOfAnotherIsNotResumed() throws Exception {
        Path folder = dir.resolve("again");
        Files.createDirectories(folder);
        Files.write(folder.resolve("0000000000000001.open"), openFile(dir.resolve("whole")));
        Files.createFile(folder.resolve("0000000000000003.open"));
        try (FileJournal journal = Records.open(folder, Records.PLAIN)) {
            journal.append(small(BLOCKS * EACH));
            assertTrue(journal.sync(LIMIT));
            assertEquals(BLOCKS * EACH + 1, Records.all(journal).size());
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertTrue(files.noneMatch(f -> f.getFileName().toString().startsWith("0000000000000003")));
        }
    }

    @Test void aChangedByteLosesTheBlockThatItIsIn() throws Exception {
        byte[] whole = openFile(dir.resolve("whole"));
        List<long[]> blocks = blocks(dir, whole);
        for (int i = 0; i < whole.length; i++) {
            int at = i;
            byte[] changed = whole.clone();
            changed[i] ^= (byte) (1 << i % 8);
            check("changed at " + i, changed, Folder.OPEN, expected(blocks, b -> at < b[0] || at >= b[1]), i % 16 == 0);
        }
    }

    @Test void aClosedFileIsReadWhateverByteIsChangedOrCut() throws Exception {
        Path in = dir.resolve("whole");
        try (FileJournal journal = Records.open(in, Records.fileBytes(1024))) {
            for (int n = 0; n < 40; n++) {
                journal.append(small(n));
                if (n % 4 == 3) {
                    assertTrue(journal.sync(LIMIT)); // a few large blocks would stay below a file's bound
                }
            }
            assertTrue(journal.sync(LIMIT));
            journal.awaitSealed();
        }
        Path sealed;
        try (Stream<Path> files = Files.list(in)) {
            sealed = files.filter(f -> f.toString().endsWith(Folder.CLOSED)).sorted().findFirst().orElseThrow();
        }
        byte[] whole = Files.readAllBytes(sealed);
        List<long[]> blocks = blocks(dir, whole);
        for (int i = 0; i < whole.length; i++) {
            int at = i;
            byte[] changed = whole.clone();
            changed[i] ^= (byte) (1 << i % 8);
            check("changed at " + i, changed, Folder.CLOSED, expected(blocks, b -> at < b[0] || at >= b[1]), false);
            check("cut at " + i, Arrays.copyOf(whole, i), Folder.CLOSED, expected(blocks, b -> b[1] <= at), false);
        }
    }

    private static List<Integer> expected(List<long[]> blocks, java.util.function.Predicate<long[]> stays) {
        return blocks.stream().filter(stays).flatMap(b -> IntStream.range((int) b[2] - 1, (int) (b[2] + b[3] - 1)).boxed()).toList();
    }

    /** @param closely also what happens after the next start */
    private void check(String what, byte[] bytes, String kind, List<Integer> expected, boolean closely) throws Exception {
        Path in = Files.createDirectories(dir.resolve("damaged"));
        try (Stream<Path> files = Files.list(in)) {
            for (Path f : files.toList()) {
                Files.delete(f);
            }
        }
        Files.write(in.resolve("0000000000000001" + kind), bytes);
        try (FileJournal journal = unforced(in, Records.PLAIN)) {
            assertEquals(expected, Records.numbers(Records.all(journal)), what);
            journal.append(Records.entry(100));
            List<Integer> more = new ArrayList<>(expected);
            more.add(100);
            assertEquals(more, Records.numbers(Records.all(journal)), what);
            expected = more;
        }
        if (closely) {
            try (FileJournal journal = unforced(in, Records.fileBytes(1024))) {
                journal.append(Records.entry(101));
                assertTrue(journal.sync(LIMIT));
                journal.awaitSealed();
                List<Integer> more = new ArrayList<>(expected);
                more.add(101);
                assertEquals(more, Records.numbers(Records.all(journal)), what + ", after another start");
            }
        }
    }

    /** Thousands of starts: these files need not survive a power cut. */
    private static FileJournal unforced(Path in, Settings settings) throws IOException {
        return FileJournal.open(in, settings, Records.CLOCK, path -> {
            Medium.Output out = Medium.FILES.open(path);
            return new Medium.Output() {
                @Override public void write(ByteBuffer bytes, long at) throws IOException {
                    out.write(bytes, at);
                }

                @Override public void force() { }

                @Override public void truncate(long length) throws IOException {
                    out.truncate(length);
                }

                @Override public void close() throws IOException {
                    out.close();
                }
            };
        });
    }

    @Test void aKilledWriterLosesNothingThatWasSynced() throws Exception {
        for (int round = 0; round < 3; round++) {
            Process writer = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:TieredStopAtLevel=1",
                    "-XX:+UseSerialGC", "--enable-native-access=ALL-UNNAMED", "-cp", System.getProperty("java.class.path"),
                    KilledWriter.class.getName(), dir.resolve("killed").toString()).redirectError(ProcessBuilder.Redirect.INHERIT).start();
            long synced = 0;
            try (BufferedReader lines = writer.inputReader()) {
                for (int i = 0; i < 5 + round * 7; i++) {
                    String line = lines.readLine();
                    assertNotNull(line, "the writer ended");
                    synced = Long.parseLong(line);
                }
                writer.toHandle().destroyForcibly(); // SIGKILL; what it has said can still be read
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    synced = Math.max(synced, Long.parseLong(line));
                }
            }
            long kept = synced;
            try (FileJournal journal = Records.open(dir.resolve("killed"), Records.fileBytes(KilledWriter.FILE_BYTES))) {
                List<Long> sequences = Records.all(journal).stream().filter(e -> !e.bundle().equals(Batches.BUNDLE)).map(e -> e.sequence()).toList();
                assertTrue(sequences.getLast() >= kept, sequences.getLast() + " is left, synced were " + kept);
                assertEquals(sequences.stream().sorted().distinct().toList(), sequences);
                assertEquals(1, sequences.getFirst());
                Journal.Status status = journal.status();
                assertEquals(0, status.damaged());
            }
        }
    }

    @Test void aNameThatIsNoFileOfOursIsLeftAlone() throws Exception {
        for (String name : List.of("ffffffffffffffff.open", "notes.txt", "0000000000000001.open.bak")) {
            Files.writeString(dir.resolve(name), "x");
        }
        Files.writeString(dir.resolve("0000000000000001.journal.tmp"), "x");
        Records.open(dir, Records.PLAIN).close();
        assertTrue(new File(dir.toFile(), "notes.txt").exists() && new File(dir.toFile(), "ffffffffffffffff.open").exists());
        assertTrue(!new File(dir.toFile(), "0000000000000001.journal.tmp").exists());
    }
}
