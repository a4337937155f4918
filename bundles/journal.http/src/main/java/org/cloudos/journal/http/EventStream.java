package org.cloudos.journal.http;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Query;

/**
 * One client's stream of events. A record is
 * <pre>
 *   id:SEQUENCE
 *   data:{"seq":7,...}          as {@link JsonLine} has it
 * </pre>
 * {@code event:missed} with a number tells that so many records were removed from the journal before this client came to read
 * them. An empty event with an id says how far the journal was looked through, where nothing in it is asked for; comments
 * keep the connection. How fast the client reads is how fast the journal is read: of what is on the way there is one batch.
 */
final class EventStream {
    private static final int FLUSH_AT = 32 << 10, RETRY_MS = 2000;

    private final Journal journal;
    private final Query query;
    private final OutputStream out;
    private final Duration beat;
    private final StringBuilder text = new StringBuilder(FLUSH_AT);
    private long told;
    private long position;

    /** @param beat after which something is sent though there is nothing to tell */
    EventStream(Journal journal, Query query, OutputStream out, Duration beat) {
        this.journal = journal;
        this.query = query;
        this.out = out;
        this.beat = beat;
    }

    /**
     * Sends until the client is gone, the journal is closed or the thread is interrupted.
     *
     * @throws IOException when the client takes no more
     */
    void run(Asked asked) throws IOException, InterruptedException {
        text.append("retry:").append(RETRY_MS).append("\n\n");
        position = begin(asked);
        try (Journal.Feed feed = journal.follow(query, position)) {
            flush();
            while (true) {
                List<Entry> some = feed.poll(beat);
                missed(feed.missed());
                for (Entry entry : some) {
                    event(entry);
                }
                if (feed.position() > position) {
                    position = feed.position();
                    text.append("id:").append(position).append("\n\n");
                } else if (some.isEmpty()) {
                    text.append(":\n\n");
                }
                flush();
            }
        } catch (IllegalStateException e) {
            flush(); // the journal was closed: its successor goes on from the last id
        }
    }

    /** The place to go on from, after the records that are wanted first. */
    private long begin(Asked asked) throws IOException {
        long newest = journal.newest();
        if (asked.after().isPresent()) {
            return Math.min(asked.after().getAsLong(), newest); // a later one is that of a journal that is no more
        }
        List<Entry> last = asked.last() == 0 ? List.of()
                : journal.query(query, Journal.Order.NEWEST_FIRST).limit(asked.last()).toList().reversed();
        for (Entry entry : last) {
            event(entry);
        }
        return last.isEmpty() ? newest : Math.max(newest, last.getLast().sequence());
    }

    private void missed(long all) {
        if (all > told) {
            text.append("event:missed\ndata:").append(all - told).append("\n\n");
            told = all;
        }
    }

    private void event(Entry entry) throws IOException {
        position = Math.max(position, entry.sequence());
        text.append("id:").append(entry.sequence()).append("\ndata:");
        JsonLine.append(text, entry);
        text.append("\n\n");
        if (text.length() >= FLUSH_AT) {
            flush();
        }
    }

    private void flush() throws IOException {
        if (!text.isEmpty()) {
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            text.setLength(0);
        }
        out.flush();
    }
}
