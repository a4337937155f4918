package org.cloudos.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.cloudos.journal.Entry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A medium that does not take what is written. */
class TroubleTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    @TempDir Path dir;

    @Test void aFullMediumCostsRecordsThatAreCounted() throws Exception {
        AtomicBoolean full = new AtomicBoolean();
        Settings tight = new Settings(1 << 20, Duration.ofDays(1), 1 << 30, Duration.ofDays(3650), 0, 64 << 10, Duration.ofMillis(5),
                Duration.ofMillis(20), 3);
        try (FileJournal journal = FileJournal.open(dir, tight, Records.CLOCK, failing(full))) {
            IntStream.range(0, 100).forEach(n -> journal.append(Records.entry(n)));
            assertTrue(journal.sync(LIMIT));
            full.set(true);
            journal.append(Records.entry(100));
            await(() -> journal.status().trouble().equals("No space left on device"));
            IntStream.range(101, 50_000).forEach(n -> journal.append(Records.entry(n)));
            long lost = journal.status().lost();
            assertTrue(lost > 0, journal.status().toString());
            List<Integer> now = Records.numbers(Records.all(journal));
            assertEquals(IntStream.range(0, now.size()).boxed().toList(), now, "what is in memory is found");
            full.set(false);
            await(() -> journal.status().trouble().isEmpty());
            journal.append(Records.entry(7));
            assertTrue(journal.sync(LIMIT));
            assertEquals(lost, journal.status().lost());
            List<Entry> tells = Records.query(journal, "lost=*");
            assertEquals(List.of(lost + " records were lost: No space left on device"), tells.stream().map(Entry::message).toList());
            assertEquals(50_001, Records.all(journal).size() - 1 + lost, "each record is kept or counted");
        }
        try (FileJournal journal = Records.open(dir, tight)) {
            assertEquals(0, journal.status().damaged(), "what was written half is cut");
        }
    }

    private static Medium failing(AtomicBoolean full) {
        return path -> {
            Medium.Output out = Medium.FILES.open(path);
            return new Medium.Output() {
                @Override public void write(ByteBuffer bytes, long at) throws IOException {
                    if (full.get()) {
                        out.write(bytes.slice(0, bytes.limit() / 2), at);
                        throw new IOException("No space left on device");
                    }
                    out.write(bytes, at);
                }

                @Override public void force() throws IOException {
                    out.force();
                }

                @Override public void truncate(long length) throws IOException {
                    out.truncate(length);
                }

                @Override public void close() throws IOException {
                    out.close();
                }
            };
        };
    }

    @Test void onAFileSystemThatIsReallyFull() throws Exception {
        Path mount = Files.createDirectory(dir.resolve("small"));
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "none", mount.toString()) == 0, "may not mount");
        try {
            Settings settings = new Settings(200_000, Duration.ofDays(1), 1 << 30, Duration.ofDays(3650), 0, 64 << 10, Duration.ofMillis(5),
                    Duration.ofMillis(20), 3);
            try (FileJournal journal = Records.open(mount.resolve("journal"), settings)) {
                journal.append(Records.entry(0));
                assertTrue(journal.sync(LIMIT));
                Path filler = mount.resolve("filler");
                run("dd", "if=/dev/zero", "of=" + filler, "bs=64k");
                for (int n = 1; n < 20_000; n++) {
                    journal.append(Records.entry(n));
                    if (journal.status().trouble().isEmpty()) {
                        Thread.sleep(2); // else some may be lost before, for another reason, and told apart
                    }
                }
                await(() -> !journal.status().trouble().isEmpty());
                assertTrue(journal.status().lost() > 0);
                Files.delete(filler);
                await(() -> journal.status().trouble().isEmpty());
                journal.append(Records.entry(20_000));
                assertTrue(journal.sync(LIMIT));
                assertEquals(20_000, Records.numbers(Records.all(journal)).getLast());
                assertEquals(1, Records.query(journal, "lost=*").size());
                for (int n = 0; n < 20_000; n++) { // far more than the medium holds: the oldest make room
                    journal.append(Records.entry(n));
                    if (n % 1000 == 0) {
                        assertTrue(journal.sync(LIMIT), journal.status().toString());
                    }
                }
                assertTrue(journal.sync(LIMIT), journal.status().toString());
                journal.append(Records.entry(77));
                assertTrue(journal.sync(LIMIT), journal.status().toString());
                assertEquals(77, Records.numbers(Records.all(journal)).getLast());
            }
        } finally {
            run("umount", mount.toString());
        }
    }

    private static int run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        return process.exitValue();
    }

    private static void await(BooleanSupplier what) throws InterruptedException {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!what.getAsBoolean()) {
            assertTrue(System.nanoTime() < end, "not in time");
            Thread.sleep(5);
        }
    }
}
