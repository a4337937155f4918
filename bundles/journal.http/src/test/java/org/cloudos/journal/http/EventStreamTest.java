package org.cloudos.journal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.cloudos.journal.Condition;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.Test;

/** What is on the wire; the journal's answers are given one after the other. */
class EventStreamTest {
    private static final Duration BEAT = Duration.ofSeconds(10);

    /** Its feed gives these batches, and is closed then. */
    private static final class Scripted implements Journal, Journal.Feed {
        private record Batch(List<Entry> entries, long position, long missed) { }

        private final List<Entry> old = new ArrayList<>();
        private final Deque<Batch> batches = new ArrayDeque<>();
        private Batch now = new Batch(List.of(), 0, 0);
        private long from = -1;
        private boolean closed;

        @Override public Stream<Entry> query(Query query, Order order) {
            List<Entry> found = old.stream().filter(query::test).toList();
            return (order == Order.NEWEST_FIRST ? found.reversed() : found).stream();
        }

        @Override public Feed follow(Query query, long after) {
            from = after;
            now = new Batch(List.of(), after, 0);
            return this;
        }

        @Override public long newest() {
            return old.isEmpty() ? 0 : old.getLast().sequence();
        }

        @Override public List<Entry> poll(Duration limit) {
            assertEquals(BEAT, limit);
            if (batches.isEmpty()) {
                throw new IllegalStateException("closed");
            }
            now = batches.poll();
            return now.entries;
        }

        @Override public long position() {
            return now.position;
        }

        @Override public long missed() {
            return now.missed;
        }

        @Override public void close() {
            closed = true;
        }

        @Override public void append(Entry entry) {
            throw new UnsupportedOperationException();
        }

        @Override public boolean sync(Duration limit) {
            throw new UnsupportedOperationException();
        }

        @Override public Status status() {
            throw new UnsupportedOperationException();
        }
    }

    private final Scripted journal = new Scripted();
    private final List<String> writes = new ArrayList<>();
    private final OutputStream out = new OutputStream() {
        @Override public void write(int b) {
            throw new UnsupportedOperationException();
        }

        @Override public void write(byte[] bytes, int at, int length) {
            writes.add(new String(bytes, at, length, StandardCharsets.UTF_8));
        }
    };

    private static Entry entry(long sequence, String message) {
        return new Entry(sequence, 0, Level.INFO, "", "", "", "", "", message, "", java.util.Map.of());
    }

    private String run(Asked asked) throws Exception {
        new EventStream(journal, asked.query(), out, BEAT).run(asked);
        assertTrue(journal.closed);
        return String.join("", writes);
    }

    private static Asked asked(String address) throws Asked.Wrong {
        return Asked.of(address, java.util.Set.of("q", "last", "after"), 0, Instant.now());
    }

    @Test
    void recordsAreEventsWithTheirSequence() throws Exception {
        journal.old.add(entry(4, "before"));
        journal.batches.add(new Scripted.Batch(List.of(entry(5, "a"), entry(7, "b\n\ndata:forged\u001b[2J")), 9, 0));
        assertEquals("retry:2000\n\n"
                + "id:5\ndata:{\"seq\":5,\"time\":\"1970-01-01T00:00:00Z\",\"level\":\"INFO\",\"message\":\"a\"}\n\n"
                + "id:7\ndata:{\"seq\":7,\"time\":\"1970-01-01T00:00:00Z\",\"level\":\"INFO\",\"message\":\"b\\n\\ndata:forged\\u001b[2J\"}\n\n"
                + "id:9\n\n", run(asked("")));
        assertEquals(4, journal.from);
    }

    @Test
    void aQuietJournalBeats() throws Exception {
        journal.batches.add(new Scripted.Batch(List.of(), 0, 0));
        assertEquals("retry:2000\n\n:\n\n", run(asked("")));
    }

    @Test
    void theLastOnesComeFirst() throws Exception {
        for (int i = 1; i <= 5; i++) {
            journal.old.add(entry(i, i % 2 == 0 ? "even" : "odd"));
        }
        String text = run(asked("q=odd&last=2"));
        assertTrue(text.contains("id:3\n") && text.contains("id:5\n") && !text.contains("id:1\n"), text);
        assertEquals(5, journal.from);
    }

    @Test
    void whoComesAgainGoesOn() throws Exception {
        journal.old.add(entry(8, "x"));
        run(asked("last=3").resumed("6"));
        assertEquals(6, journal.from);
        run(new Asked(new Query(Condition.ANY), 0, OptionalLong.of(1_000)));
        assertEquals(8, journal.from, "a sequence that this journal does not have yet");
    }

    @Test
    void aLossIsTold() throws Exception {
        journal.batches.add(new Scripted.Batch(List.of(), 0, 3));
        journal.batches.add(new Scripted.Batch(List.of(entry(20, "x")), 20, 3));
        journal.batches.add(new Scripted.Batch(List.of(), 20, 10));
        String text = run(asked("after=1"));
        assertTrue(text.contains("event:missed\ndata:3\n\n"), text);
        assertTrue(text.endsWith("event:missed\ndata:7\n\n:\n\n"), text);
    }

    @Test
    void aBatchIsSentInPieces() throws Exception {
        List<Entry> many = new ArrayList<>();
        for (int i = 1; i <= 200; i++) {
            many.add(entry(i, "x".repeat(1000)));
        }
        journal.batches.add(new Scripted.Batch(many, 200, 0));
        run(asked("after=0"));
        assertTrue(writes.stream().allMatch(w -> w.length() < 40_000), "what is on the way is bounded");
        assertTrue(writes.size() > 5);
    }

    @Test
    void aReaderThatIsGoneEndsIt() {
        journal.batches.add(new Scripted.Batch(List.of(entry(1, "x")), 1, 0));
        OutputStream gone = new OutputStream() {
            @Override public void write(int b) throws IOException {
                throw new IOException("broken pipe");
            }
        };
        assertThrows(IOException.class, () -> new EventStream(journal, Query.ALL, gone, BEAT).run(asked("")));
        assertFalse(journal.batches.isEmpty());
    }
}
