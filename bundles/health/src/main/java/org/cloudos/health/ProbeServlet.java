package org.cloudos.health;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.osgi.service.metatype.annotations.Option;

/**
 * {@code /ready} and {@code /live}, for those who start, restart and balance. 200 when no check with the tag {@code ready}
 * ({@code live}) is worse than a warning, else 503. Anybody may ask: what they see of a check is configured.
 */
@Component(service = Servlet.class, configurationPid = "org.cloudos.health.probes",
        property = {"osgi.http.whiteboard.servlet.pattern=/ready", "osgi.http.whiteboard.servlet.pattern=/live",
            "osgi.http.whiteboard.servlet.name=health"})
@Designate(ocd = ProbeServlet.Config.class)
public final class ProbeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Settings. */
    @ObjectClassDefinition(name = "Health probes", description = "Readiness and liveness at /ready and /live")
    public @interface Config {
        /** What is told. */
        @AttributeDefinition(name = "Details", description = "What anybody may see of the checks", options = {
            @Option(label = "only the status of all", value = "none"), @Option(label = "names and status", value = "names"),
            @Option(label = "messages too", value = "messages")})
        String details() default "names";
    }

    private final transient Checks checks;
    private final String details;

    /** Made when HTTP is there. */
    @Activate
    public ProbeServlet(@Reference Checks checks, Config config) {
        this.checks = checks;
        this.details = config.details();
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        List<Checks.Row> rows = checks.run(request.getServletPath().endsWith("live") ? "live" : "ready", false);
        Checks.Status worst = Checks.worst(rows);
        response.setStatus(worst.compareTo(Checks.Status.WARN) <= 0 ? HttpServletResponse.SC_OK : HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        response.setHeader("Cache-Control", "no-store");
        String accept = request.getHeader("Accept");
        boolean json = accept != null && accept.contains("application/json");
        response.setContentType(json ? "application/json" : "text/plain");
        response.setCharacterEncoding("UTF-8");
        byte[] body = (json ? json(worst, rows) : text(worst, rows)).getBytes(StandardCharsets.UTF_8);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private String text(Checks.Status worst, List<Checks.Row> rows) {
        StringBuilder out = new StringBuilder(worst.name()).append('\n');
        for (Checks.Row row : details.equals("none") ? List.<Checks.Row>of() : rows) {
            out.append(row.status()).append(' ').append(Human.printable(row.check()))
                    .append(details.equals("messages") ? ": " + Human.printable(row.message()) : "").append('\n');
        }
        return out.toString();
    }

    private String json(Checks.Status worst, List<Checks.Row> rows) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("status", worst.name().toLowerCase(Locale.ROOT));
        if (!details.equals("none")) {
            all.put("checks", rows.stream().map(row -> {
                Map<String, Object> one = new LinkedHashMap<>();
                one.put("name", row.check());
                one.put("status", row.status().name().toLowerCase(Locale.ROOT));
                if (details.equals("messages")) {
                    one.put("message", row.message());
                }
                return one;
            }).toList());
        }
        return new Json(all) + "\n";
    }
}
