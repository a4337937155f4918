package org.cloudos.journal.http;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.JsonLine;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/**
 * {@code /logs}: records as lines of JSON. {@code /logs/stream}: the same as they are written, as server-sent events, each
 * client by a virtual thread of its own.
 */
@Component(service = Servlet.class, configurationPid = "org.cloudos.journal.http", property = {
    "osgi.http.whiteboard.servlet.pattern=/logs", "osgi.http.whiteboard.servlet.pattern=/logs/stream",
    "osgi.http.whiteboard.servlet.name=logs", "osgi.http.whiteboard.servlet.asyncSupported:Boolean=true"})
@Designate(ocd = LogServlet.Config.class)
public final class LogServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final int LAST = 1000;
    private static final Duration BEAT = Duration.ofSeconds(5);
    private static final int FLUSH_AT = 32 << 10;

    /** Settings. */
    @ObjectClassDefinition(name = "Journal over HTTP", description = "Who may read the journal at /logs and /logs/stream, and how many at once")
    public @interface Config {
        /** Whether it is there. */
        @AttributeDefinition(name = "Enabled", description = "Whether /logs answers at all")
        boolean enabled() default true;

        /** File with a token. */
        @AttributeDefinition(name = "Token file", description = "A file whose text lets a reader in without a login (Authorization: Bearer ...);"
                + " empty lets in who is logged in alone")
        String token_file() default "";

        /** Bound. */
        @AttributeDefinition(name = "Streams", description = "How many clients may follow at once", min = "1", max = "1000")
        int streams() default 32;
    }

    private final transient Journal journal;
    private final transient Readers readers;
    private final transient Config config;
    private final transient Semaphore free;
    private final transient Set<Thread> threads = ConcurrentHashMap.newKeySet();

    /** Made when HTTP and the journal are there. */
    @Activate
    public LogServlet(@Reference Journal journal, Config config) {
        this.journal = journal;
        this.config = config;
        readers = new Readers(config.token_file().isEmpty() ? null : Path.of(config.token_file()));
        free = new Semaphore(config.streams());
    }

    /** Clients come again, and say where they were: to the successor of the journal too. */
    @Deactivate
    void close() throws InterruptedException {
        threads.forEach(Thread::interrupt);
        for (Thread thread : threads) {
            thread.join(BEAT);
        }
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!config.enabled()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!readers.admits(request.getRemoteUser(), request.getHeader("Authorization"))) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"logs\"");
            refuse(response, HttpServletResponse.SC_UNAUTHORIZED, "expected a login over TLS, or the token of the setting journal.http.token.file");
            return;
        }
        boolean stream = request.getServletPath().endsWith("/stream");
        try {
            if (stream) {
                follow(request, response, Asked.of(request.getQueryString(), Set.of("q", "last", "after"), 0, Instant.now())
                        .resumed(request.getHeader("Last-Event-ID")));
            } else {
                find(response, Asked.of(request.getQueryString(), Set.of("q", "last"), LAST, Instant.now()));
            }
        } catch (Asked.Wrong e) {
            refuse(response, HttpServletResponse.SC_BAD_REQUEST, e.getMessage());
        }
    }

    private void find(HttpServletResponse response, Asked asked) throws IOException {
        List<Entry> found = journal.query(asked.query(), Journal.Order.NEWEST_FIRST).limit(asked.last()).toList().reversed();
        response.setContentType("application/x-ndjson");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        OutputStream out = response.getOutputStream();
        StringBuilder text = new StringBuilder();
        for (Entry entry : found) {
            JsonLine.append(text, entry);
            text.append('\n');
            if (text.length() >= FLUSH_AT) {
                out.write(text.toString().getBytes(StandardCharsets.UTF_8));
                text.setLength(0);
            }
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
    }

    private void follow(HttpServletRequest request, HttpServletResponse response, Asked asked) throws IOException {
        if (!free.tryAcquire()) {
            response.setHeader("Retry-After", "10");
            refuse(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "expected at most " + config.streams()
                    + " clients (journal.http.streams), found one more");
            return;
        }
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Accel-Buffering", "no"); // nginx as a proxy would keep events back
        AsyncContext later = request.startAsync();
        later.setTimeout(0);
        Thread thread = Thread.ofVirtual().name("logs for " + request.getRemoteAddr()).unstarted(() -> follow(later, response, asked));
        threads.add(thread);
        thread.start();
    }

    private void follow(AsyncContext later, HttpServletResponse response, Asked asked) {
        try {
            new EventStream(journal, asked.query(), response.getOutputStream(), BEAT).run(asked);
        } catch (IOException e) {
            log("a reader is gone: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt(); // closed
        } finally {
            threads.remove(Thread.currentThread());
            free.release();
            Thread.interrupted(); // completing writes what is left
            later.complete();
        }
    }

    private static void refuse(HttpServletResponse response, int status, String why) throws IOException {
        StringBuilder text = new StringBuilder("{\"error\":");
        JsonLine.quote(text, why);
        response.setStatus(status);
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getOutputStream().write(text.append("}\n").toString().getBytes(StandardCharsets.UTF_8));
    }
}
