package org.cloudos.journal.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTest {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String[] QUERIES = {"", "level>=warn", "level=info", "not level=info", "bundle=b3", "bundle=org.cloudos.b*",
        "bundle!=b3", "bundle=\"\"", "unit=unit5.service", "unit=UNIT0.service level=trace", "n=35", "n>=100 n<200", "logger=org.cloudos.x.Logger3",
        "thread=thread-1 and level=warn", "since 2026-01-31T10:00:00.100Z until 2026-01-31T10:00:00.200Z", "trace=" + String.format("%032x", 40),
        "seq>5 seq<=20", "exception~\"no 12\"", "message~\"17 MESSAGE\"", "level=error or unit=unit5.service", "subsystem=sub", "unit=none",
        "(level=info and bundle=b1) or (level=warn and bundle=b2)", "unit=*", "not (unit=* or level=info)"};

    @TempDir Path dir;

    @Test void whatIsWrittenIsFoundOpenAndSealedAndAfterAStart() throws Exception {
        List<Entry> written = IntStream.range(0, 3000).mapToObj(Records::entry).toList();
        Settings settings = Records.fileBytes(40_000);
        try (FileJournal journal = Records.open(dir, settings)) {
            for (int n = 0; n < written.size(); n++) {
                journal.append(written.get(n));
                if (n % 400 == 399) {
                    assertTrue(journal.sync(LIMIT)); // what comes at once is one batch, and one file; the last ones are in memory
                }
            }
            assertEquals(written, Records.all(journal).stream().map(Records::unnumbered).toList());
            checkQueries(journal, written);
            assertTrue(journal.sync(LIMIT));
            journal.awaitSealed();
            checkQueries(journal, written);
            assertTrue(journal.status().files() > 3, journal.status().toString());
            assertTrue(journal.status().bytes() < journal.status().rawBytes(), journal.status().toString());
            assertEquals(3000, journal.status().newest());
            assertEquals(3000, journal.status().synced());
            assertEquals(Entry.nanos(Records.NOW), journal.status().oldest());
        }
        try (FileJournal journal = Records.open(dir, settings)) {
            assertEquals(3000, journal.newest(), "an orderly end leaves no gap");
            checkQueries(journal, written);
            journal.append(Records.entry(3000));
            assertEquals(3001, Records.all(journal).getLast().sequence());
        }
    }

    @Test void theSameNumberMayBeAnotherNameInTheNextFile() throws Exception {
        List<String> bundles = List.of("one", "two", "tri", "x".repeat(300), "y".repeat(300));
        for (int run = 0; run < bundles.size(); run++) { // each numbers its names anew, in another order
            try (FileJournal journal = Records.open(dir, Records.PLAIN)) {
                for (int i = 0; i < bundles.size(); i++) {
                    String bundle = bundles.get((run + i) % bundles.size());
                    journal.append(Entry.at(Level.INFO, run + " in " + bundle).bundle(bundle).build());
                }
                assertTrue(journal.sync(LIMIT));
            }
        }
        try (FileJournal journal = Records.open(dir, Records.PLAIN)) {
            for (int again = 0; again < 2; again++) {
                for (String bundle : bundles) {
                    assertEquals(IntStream.range(0, bundles.size()).mapToObj(run -> run + " in " + bundle).toList(),
                            Records.query(journal, "bundle=" + bundle).stream().map(Entry::message).toList());
                }
            }
            assertEquals(25, Records.all(journal).stream().filter(e -> e.message().endsWith(" in " + e.bundle())).count());
        }
    }

    private static void checkQueries(Journal journal, List<Entry> written) {
        for (String text : QUERIES) {
            Query query = Query.parse(text, Records.NOW);
            List<Integer> expected = new ArrayList<>();
            for (int i = 0; i < written.size(); i++) {
                Entry e = written.get(i);
                Entry numbered = new Entry(i + 1, e.time(), e.level(), e.bundle(), e.subsystem(), e.thread(), e.logger(), e.trace(), e.message(),
                        e.exception(), e.values());
                if (query.test(numbered)) {
                    expected.add(i);
                }
            }
            assertEquals(expected, Records.numbers(journal.query(query, Journal.Order.OLDEST_FIRST).toList()), text);
            assertEquals(expected.reversed(), Records.numbers(journal.query(query, Journal.Order.NEWEST_FIRST).toList()), text);
            assertEquals(expected.stream().skip(Math.max(0, expected.size() - 5)).toList().reversed(),
                    Records.numbers(journal.query(query, Journal.Order.NEWEST_FIRST).limit(5).toList()), text);
        }
    }

    @Test void aClockThatJumpsBackChangesNoOrderAndNoAnswer() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.fileBytes(2_000))) {
            long now = Entry.nanos(Records.NOW);
            long[] times = {now, now + 5_000_000_000L, now - 3_600_000_000_000L, now - 3_599_000_000_000L, now + 6_000_000_000L, -1, Long.MAX_VALUE,
                Long.MIN_VALUE};
            for (int round = 0; round < 30; round++) {
                for (int i = 0; i < times.length; i++) {
                    journal.append(Entry.at(Level.INFO, i + " ").time(times[i]).build());
                }
            }
            assertTrue(journal.sync(LIMIT));
            journal.awaitSealed();
            List<Entry> all = Records.all(journal);
            for (int i = 0; i < all.size(); i++) {
                assertEquals(i + 1, all.get(i).sequence());
                assertEquals(times[i % times.length], all.get(i).time());
            }
            assertEquals(90, Records.query(journal, "since 5m").size(), "three of eight, and the end of time");
            assertEquals(60, Records.query(journal, "since 2h until 30m").size());
            assertEquals(30, Records.query(journal, "until 1969-12-31").size());
        }
    }

    @Test void followersSeeEachRecordOnceAndInOrder() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.fileBytes(20_000)); Journal.Feed feed = journal.follow(Query.ALL, 0);
                Journal.Feed some = journal.follow(Query.parse("n=*", Records.NOW), 0)) {
            Thread writer = Thread.ofVirtual().start(() -> IntStream.range(0, 5000).forEach(n -> journal.append(Records.entry(n))));
            assertEquals(IntStream.range(0, 5000).boxed().toList(), take(feed, 5000));
            assertEquals(IntStream.range(0, 1000).map(n -> n * 5).boxed().toList(), take(some, 1000));
            writer.join();
            assertEquals(5000, feed.position());
            assertEquals(0, feed.missed());
            assertEquals(List.of(), feed.poll(Duration.ofMillis(1)));
            journal.append(Records.entry(5000));
            assertEquals(List.of(5000), take(feed, 1));
        }
    }

    private static List<Integer> take(Journal.Feed feed, int count) throws InterruptedException {
        List<Integer> taken = new ArrayList<>();
        while (taken.size() < count) {
            List<Entry> some = feed.poll(LIMIT);
            assertFalse(some.isEmpty(), "after " + taken.size());
            taken.addAll(Records.numbers(some));
        }
        return taken;
    }

    @Test void manyWriteAtOnce() throws Exception {
        int threads = 8, each = 5000;
        try (FileJournal journal = Records.open(dir, Records.fileBytes(200_000))) {
            List<Thread> writers = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                int base = t * each;
                writers.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < each; i++) {
                        int n = base + i;
                        journal.append(Entry.at(Level.INFO, n + " x").thread("t" + n / each).logger("l" + n).build()); // more names than there is room for
                    }
                }));
            }
            for (Thread writer : writers) {
                writer.join();
            }
            assertTrue(journal.sync(LIMIT));
            journal.awaitSealed();
            List<Entry> all = Records.all(journal);
            assertEquals(threads * each, all.size());
            assertEquals(0, journal.status().lost());
            int[] last = new int[threads];
            for (Entry e : all) {
                int n = Integer.parseInt(e.message().substring(0, e.message().indexOf(' ')));
                assertEquals("l" + n, e.logger());
                assertTrue(n >= last[n / each], "one thread's records stay in order");
                last[n / each] = n;
            }
            assertEquals(1, Records.query(journal, "logger=l777").size());
        }
    }

    @Test void oldFilesGoBySizeAndByAge() throws Exception {
        // More than one batch: on a slow machine 500 records are one, and one file.
        Settings small = new Settings(20_000, Duration.ofDays(1), 300_000, Duration.ofDays(3650), 0, 4 << 20, Duration.ofMillis(5),
                Duration.ofMillis(20), 0);
        try (FileJournal journal = Records.open(dir, small); Journal.Feed slow = journal.follow(Query.ALL, 5)) {
            for (int n = 0; n < 20_000; n++) {
                journal.append(Records.entry(n));
                if (n % 500 == 0) {
                    journal.sync(LIMIT);
                    journal.awaitSealed();
                }
            }
            assertTrue(journal.sync(LIMIT));
            assertTrue(bytes() < 1_000_000, bytes() + " bytes are left of many millions");
            List<Integer> left = Records.numbers(Records.all(journal));
            assertEquals(IntStream.range(left.getFirst(), 20_000).boxed().toList(), left, "the newest, without gaps");
            slow.poll(LIMIT);
            int leftNow = Records.numbers(Records.all(journal)).getFirst(); // files that wait to be closed may go meanwhile
            assertTrue(left.getFirst() - 5 <= slow.missed() && slow.missed() <= leftNow - 5, left.getFirst() + " " + slow.missed() + " " + leftNow);
        }
        Settings young = new Settings(20_000, Duration.ofMillis(1), 1 << 20, Duration.ofMillis(1), 0, 4 << 20, Duration.ofMillis(5),
                Duration.ofMillis(20), 3);
        try (FileJournal journal = FileJournal.open(dir, young, () -> Records.NOW.plusSeconds(3600))) {
            long until = System.nanoTime() + LIMIT.toNanos();
            while (!Records.all(journal).isEmpty() && System.nanoTime() < until) {
                Thread.sleep(10);
            }
            assertEquals(List.of(), Records.all(journal), "an hour later all is too old");
        }
    }

    private long bytes() throws IOException {
        try (Stream<Path> files = Files.list(dir)) {
            return files.mapToLong(f -> f.toFile().length()).sum();
        }
    }

    @Test void whatIsTooLongIsCutAndSaysSo() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.PLAIN)) {
            Entry.Builder large = Entry.at(Level.INFO, "x".repeat(1_000_000)).exception("e".repeat(1_000_000));
            for (int i = 0; i < 1000; i++) {
                large.with("k" + i, "\ud83d\ude00".repeat(10_000));
            }
            journal.append(large.build());
            Entry kept = Records.all(journal).getFirst();
            assertTrue(kept.message().endsWith("xxx [967232 characters more]"), kept.message().substring(32_700));
            assertTrue(kept.exception().length() < 70_000);
            assertEquals(65, kept.values().size());
            assertEquals("936", kept.values().get("journal.values.more"));
            assertTrue(kept.values().get("k0").endsWith("\ud83d\ude00 [11808 characters more]"));
        }
    }

    @Test void brokenTextComesBackAsText() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.PLAIN)) {
            journal.append(Entry.at(Level.INFO, "\ud800x\udc00\u0000\u001b[2J\n").thread("\n").trace("A".repeat(32)).with("", "").build());
            Entry e = Records.all(journal).getFirst();
            assertEquals("?x?\u0000\u001b[2J\n", e.message());
            assertEquals("\n", e.thread());
            assertEquals("A".repeat(32), e.trace());
            assertEquals("", e.values().get(""));
        }
    }

    @Test void queriesSeeEverythingWhileFilesAreClosed() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.fileBytes(10_000))) {
            Thread writer = Thread.ofPlatform().start(() -> IntStream.range(0, 20_000).forEach(n -> {
                journal.append(Entry.at(Level.INFO, n + " x").build());
                if (n % 100 == 0) {
                    Thread.yield();
                }
            }));
            int rounds = 0;
            while (writer.isAlive() || rounds < 3) {
                List<Integer> forward = Records.numbers(Records.all(journal));
                assertEquals(IntStream.range(0, forward.size()).boxed().toList(), forward);
                List<Integer> back = Records.numbers(journal.query(Query.ALL, Journal.Order.NEWEST_FIRST).toList());
                assertEquals(IntStream.range(0, back.size()).boxed().toList(), back.reversed());
                rounds++;
            }
            assertEquals(20_000, Records.all(journal).size());
            assertEquals(0, journal.status().damaged());
        }
    }

    @Test void followersOfAClosedJournalAreTold() throws Exception {
        FileJournal journal = Records.open(dir, Records.PLAIN);
        try (Journal.Feed feed = journal.follow(Query.ALL, 0)) {
            journal.close();
            assertThrows(IllegalStateException.class, () -> feed.poll(LIMIT));
        }
    }

    @Test void oneAtATime() throws Exception {
        try (FileJournal first = Records.open(dir, Records.PLAIN)) {
            assertTrue(assertThrows(IOException.class, () -> Records.open(dir, Records.PLAIN)).getMessage().contains("is open elsewhere"));
            first.append(Records.entry(1));
        }
        Records.open(dir, Records.PLAIN).close();
    }

    @Test void anInterruptedReaderHurtsNobody() throws Exception {
        try (FileJournal journal = Records.open(dir, Records.fileBytes(20_000))) {
            IntStream.range(0, 1000).forEach(n -> journal.append(Records.entry(n)));
            Thread.currentThread().interrupt();
            journal.append(Records.entry(1000));
            Records.all(journal);
            assertTrue(Thread.interrupted());
            assertTrue(journal.sync(LIMIT));
            assertEquals(1001, Records.all(journal).size());
        }
    }
}
