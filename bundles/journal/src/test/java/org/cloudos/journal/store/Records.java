package org.cloudos.journal.store;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;

/** What the tests of this package share. */
final class Records {
    static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");
    static final InstantSource CLOCK = InstantSource.fixed(NOW);
    static final Settings PLAIN = new Settings(16 << 20, Duration.ofDays(1), 1 << 30, Duration.ofDays(3650), 0, 4 << 20,
            Duration.ofMillis(5), Duration.ofMillis(20), 3);

    private Records() { }

    static Settings fileBytes(long bytes) {
        return new Settings(bytes, PLAIN.fileAge(), PLAIN.maxBytes(), PLAIN.maxAge(), 0, PLAIN.bufferBytes(), PLAIN.flush(), PLAIN.sync(), 3);
    }

    static FileJournal open(Path path, Settings settings) throws IOException {
        return FileJournal.open(path, settings, CLOCK);
    }

    /** A record of some variety; its message begins with its number. */
    static Entry entry(int n) {
        Entry.Builder b = Entry.at(Level.values()[n % 5], n + " message with \u00e4 and \ud83d\ude00").time(Entry.nanos(NOW) + n * 1_000_000L)
                .bundle(n % 3 == 0 ? "" : "org.cloudos.b" + n % 7).subsystem(n % 2 == 0 ? "" : "sub").thread("thread-" + n % 4)
                .logger("org.cloudos.x.Logger" + n % 11);
        if (n % 4 == 0) {
            b.trace(String.format("%032x", n));
        } else if (n % 4 == 1) {
            b.trace("odd " + n);
        }
        if (n % 6 == 0) {
            b.exception(new IllegalStateException("no " + n));
        }
        if (n % 5 == 0) {
            b.with("unit", "unit" + n % 10 + ".service").with("n", Integer.toString(n));
        }
        return b.build();
    }

    static List<Entry> all(Journal journal) {
        return query(journal, "");
    }

    static List<Entry> query(Journal journal, String text) {
        return journal.query(Query.parse(text, NOW), Journal.Order.OLDEST_FIRST).toList();
    }

    static List<Integer> numbers(List<Entry> entries) {
        return entries.stream().filter(e -> !e.bundle().equals(Batches.BUNDLE))
                .map(e -> Integer.parseInt(e.message().substring(0, e.message().indexOf(' ')))).toList();
    }

    /** The same, but for the sequence. */
    static Entry unnumbered(Entry e) {
        return new Entry(0, e.time(), e.level(), e.bundle(), e.subsystem(), e.thread(), e.logger(), e.trace(), e.message(), e.exception(), e.values());
    }
}
