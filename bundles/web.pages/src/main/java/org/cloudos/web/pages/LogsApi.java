package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Level;
import org.cloudos.journal.Levels;
import org.cloudos.journal.Query;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The journal: what was written, and which levels are. What is being written comes from the journal's own {@code /logs/stream}. */
@Component(service = Servlet.class, property = {Api.PATTERN + "logs/*", Api.CONTEXT})
public final class LogsApi extends Api {
    private static final long serialVersionUID = 1L;

    @Activate
    public LogsApi(@Reference Journal journal, @Reference Levels levels) {
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
    }
}
