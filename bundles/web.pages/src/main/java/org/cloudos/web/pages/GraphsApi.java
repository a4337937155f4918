package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.cloudos.metrics.History;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What the metrics were, for graphs, and what they are. */
@Component(service = Servlet.class, property = {Api.PATTERN + "metrics/*", Api.CONTEXT})
public final class GraphsApi extends Api {
    private static final long serialVersionUID = 1L;
    private static final int MOST_MINUTES = 24 * 60;

    /** A line of a graph. @param points time in milliseconds and value, in turn */
    record Line(String name, Map<String, String> labels, List<Double> points) { }

    @Activate
    public GraphsApi(@Reference History history) {
        get("/now", call -> history.now(call.text("q")));
        get("/extent", call -> history.extent());
        get("/range", call -> {
            long minutes = call.number("minutes", 60, 1, MOST_MINUTES);
            long points = call.number("points", 180, 2, 1000);
            long step = Math.max(history.extent().interval().toSeconds(), minutes * 60 / points);
            // On the step's grid: the same points each time, so that a graph moves and doesn't shiver.
            long to = Instant.now().getEpochSecond() / step * step;
            return history.range(call.text("q"), Instant.ofEpochSecond(to - minutes * 60), Instant.ofEpochSecond(to), Duration.ofSeconds(step))
                    .stream().map(g -> new Line(g.name(), g.labels(), g.points().stream()
                            .<Double>mapMulti((p, sink) -> {
                                sink.accept((double) p.at().toEpochMilli());
                                sink.accept(p.value());
                            }).toList())).toList();
        });
    }
}
