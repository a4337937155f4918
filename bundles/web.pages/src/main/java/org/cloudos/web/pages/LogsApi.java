package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Level;
import org.cloudos.journal.Levels;
import org.cloudos.journal.Query;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The journal: what was written, what is being written (server-sent events), and which levels are. */
@Component(service = Servlet.class, property = {Api.PATTERN + "logs/*", Api.CONTEXT})
public final class LogsApi extends Api {
    private static final long serialVersionUID = 1L;
    private static final int MOST_STREAMS = 16;
    private static final int TOO_MANY = 429;
    private static final Duration BEAT = Duration.ofSeconds(5);

    private final transient Journal journal;
    private final transient AtomicInteger streams = new AtomicInteger();
    private volatile boolean closed;

    @Activate
    public LogsApi(@Reference Journal journal, @Reference Levels levels) {
        this.journal = journal;
        get("", call -> {
            Query query = Query.parse(call.text("q", ""), Instant.now());
            long most = call.number("limit", 200, 1, 2000);
            long newest = journal.newest();
            List<Json.Raw> found = journal.query(query, Journal.Order.NEWEST_FIRST).limit(most).map(e -> new Json.Raw(JsonLine.of(e))).toList();
            return Map.of("newest", newest, "entries", found.reversed(), "more", found.size() == most);
        });
        get("/status", call -> journal.status());
        get("/levels", call -> levels.rules());
        post("/levels", call -> {
            String level = call.text("level", "");
            Optional<Level> wanted = level.isEmpty() ? Optional.empty()
                    : Optional.of(Level.of(level).orElseThrow(() -> Call.bad("level: expected TRACE to ERROR, found " + level)));
            levels.set(call.text("name"), wanted);
            return levels.rules();
        });
        get("/stream", this::stream);
    }

    @Deactivate
    void close() {
        closed = true;
    }

    /** Ends with its session's absence from the page: a browser that goes away breaks the next beat. */
    private Object stream(Call call) throws Exception {
        Query query = Query.parse(call.text("q", ""), Instant.now());
        String last = call.request().getHeader("Last-Event-ID"); // where a broken stream goes on
        long after = last != null && last.matches("\\d{1,18}") ? Long.parseLong(last) : call.number("after", journal.newest(), 0, Long.MAX_VALUE >> 4);
        if (streams.incrementAndGet() > MOST_STREAMS) {
            streams.decrementAndGet();
            throw new Call.Bad(TOO_MANY, "expected at most " + MOST_STREAMS + " open streams; close one");
        }
        try (Journal.Feed feed = journal.follow(query, after)) {
            send(call.response(), feed);
        } finally {
            streams.decrementAndGet();
        }
        return DONE;
    }

    private void send(HttpServletResponse response, Journal.Feed feed) throws IOException, InterruptedException {
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        OutputStream out = response.getOutputStream();
        long missed = 0;
        try {
            while (!closed) {
                StringBuilder text = new StringBuilder();
                for (Entry entry : feed.poll(BEAT)) {
                    text.append("id:").append(entry.sequence()).append("\ndata:");
                    JsonLine.append(text, entry);
                    text.append("\n\n");
                }
                if (feed.missed() != missed) {
                    missed = feed.missed();
                    text.append("event:missed\ndata:").append(missed).append("\n\n");
                }
                out.write((text.isEmpty() ? ":\n\n" : text).toString().getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            return; // the reader is gone
        }
    }
}
