package org.cloudos.metrics.commands;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.metrics.Distribution;
import org.cloudos.metrics.History;
import org.cloudos.metrics.Metric;
import org.cloudos.metrics.Metrics;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.jline.terminal.Terminal;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Metrics on the terminal. */
@Component(service = MetricsCommands.class)
@GogoCommand(scope = "metrics", function = {"list", "show", "graph", "history"})
public final class MetricsCommands {
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_:]+");

    /** A metric in the list. */
    public record Row(String metric, String kind, int series, String help) { }

    /** A series and its value. */
    public record Value(String metric, Map<String, String> labels, double value) { }

    /** The same for a table, the value as people read it. */
    public record Shown(String metric, Map<String, String> labels, String value) {
        static Shown of(Value v) {
            boolean whole = v.value() == Math.rint(v.value()) && Math.abs(v.value()) < 1e15;
            return new Shown(v.metric(), v.labels(), whole ? Long.toString((long) v.value()) : digits(v.value()));
        }

        private static String digits(double value) {
            return String.format(Locale.ROOT, "%.4g", value);
        }
    }

    /** A histogram's series for a table. */
    public record SpreadShown(String metric, Map<String, String> labels, long count, String mean, String p50, String p90, String p99) {
        static SpreadShown of(Spread s) {
            return new SpreadShown(s.metric(), s.labels(), s.count(), Shown.digits(s.mean()), Shown.digits(s.p50()), Shown.digits(s.p90()),
                    Shown.digits(s.p99()));
        }
    }

    /** A histogram's series; times and sizes in the metric's own unit. */
    public record Spread(String metric, Map<String, String> labels, long count, double mean, double p50, double p90, double p99) { }

    /** What is kept. */
    public record Kept(Instant since, Duration interval, int series, @Column("left out") int leftOut,
            @Column(value = "on disk", unit = Column.Unit.BYTES) long bytes, @Column("lost moments") long lost) { }

    private final Metrics metrics;
    private final History history;

    /** Made when a command runs first. */
    @Activate
    public MetricsCommands(@Reference Metrics metrics, @Reference History history) {
        this.metrics = metrics;
        this.history = history;
    }

    /** All metrics. */
    @Descriptor("all metrics; with a word, those whose name has it")
    @Example({"metrics:list", "metrics:list disk", "metrics:list --json"})
    public Object list(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a part of the name") String... part) {
        String wanted = part.length == 0 ? "" : part[0];
        return Json.when(json, metrics.read().stream().filter(m -> m.name().contains(wanted))
                .map(m -> new Row(m.name(), m.kind().name().toLowerCase(Locale.ROOT), m.samples().size(), m.help())).toList());
    }

    /** Values now. */
    @Descriptor("values of a metric now, or of an expression at the newest moment of the history")
    @Example({"metrics:show node_load1", "metrics:show 'rate(node_network_receive_bytes_total[1m])'", "metrics:show http_server_request_duration_seconds"})
    public Object show(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a metric's name, or an expression") String expression) {
        if (WORD.matcher(expression).matches()) {
            List<Metric> found = metrics.read().stream().filter(m -> m.name().equals(expression)).toList();
            if (!found.isEmpty()) {
                return shown(json, values(found.getFirst()));
            }
        }
        List<History.Reading> readings = history.now(expression);
        if (readings.isEmpty() && WORD.matcher(expression).matches() && !json) {
            throw new IllegalArgumentException("no metric is called " + expression + ": metrics:list shows all");
        }
        return shown(json, readings.stream().map(r -> new Value(r.name(), r.labels(), r.value())).toList());
    }

    private static Object shown(boolean json, List<?> rows) {
        return json ? new Json(rows) : rows.stream()
                .map(row -> row instanceof Value v ? Shown.of(v) : row instanceof Spread s ? SpreadShown.of(s) : row).toList();
    }

    private static List<?> values(Metric metric) {
        List<Object> rows = new ArrayList<>();
        for (Metric.Sample sample : metric.samples()) {
            if (sample.distribution().isPresent()) {
                Distribution d = sample.distribution().get();
                rows.add(new Spread(metric.name(), sample.labels(), d.count(), d.mean(), d.quantile(0.5), d.quantile(0.9), d.quantile(0.99)));
            } else {
                rows.add(new Value(metric.name(), sample.labels(), sample.value()));
            }
        }
        return rows;
    }

    /** A plot. */
    @Descriptor("draws an expression over time; counters as a rate a second")
    @Example({"metrics:graph node_load1", "metrics:graph --last 6h 'sum by (mode) (rate(node_cpu_seconds_total[1m]))'",
        "metrics:graph node_network_receive_bytes_total"})
    public Object graph(CommandSession session,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Parameter(names = "--last", absentValue = "1h") @Descriptor("how far back, such as 10m, 6h, 1d") String last,
            @Parameter(names = "--height", absentValue = "16") @Descriptor("lines") int height,
            @Descriptor("a metric's name, or an expression") String expression) {
        Duration back = duration(last);
        int width = Math.clamp(session.get(".terminal") instanceof Terminal t && t.getWidth() > 0 ? t.getWidth() - 14 : 80, 30, 200);
        Instant to = Instant.now();
        Instant from = to.minus(back);
        Duration step = Duration.ofMillis(Math.max(1000, back.toMillis() / (width * 2L)));
        // A name that ends like a counter's is drawn as its rate: its height says little.
        boolean counter = WORD.matcher(expression).matches() && expression.matches(".*_(total|count|sum)");
        long window = Math.max(60_000, Math.max(step.toMillis() * 2, history.extent().interval().toMillis() * 4));
        String drawn = counter ? "rate(" + expression + "[" + (window + 999) / 1000 + "s])" : expression;
        List<History.Graph> graphs = history.range(drawn, from, to, step);
        if (json) {
            return new Json(graphs);
        }
        if (graphs.isEmpty()) {
            throw new IllegalArgumentException("nothing is known of " + drawn + " in the last " + Human.duration(back)
                    + ": metrics:list shows all metrics, metrics:history since when they are kept");
        }
        Plot plot = new Plot(width, Math.clamp(height, 4, 60), expression.contains("_bytes"));
        List<History.Graph> shown = graphs.stream().limit(Plot.MAX_SERIES).toList();
        return drawn + "\n" + plot.draw(shown, from, to) + "\n" + legend(shown, graphs.size(), plot);
    }

    private static String legend(List<History.Graph> shown, int all, Plot plot) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < shown.size(); i++) {
            History.Graph graph = shown.get(i);
            double newest = graph.points().getLast().value();
            String labels = graph.labels().entrySet().stream().map(e -> e.getKey() + "=" + Human.printable(e.getValue()))
                    .collect(Collectors.joining(" "));
            out.append(i == 0 ? "" : "\n").append("  ").append(shown.size() > 1 ? Plot.mark(i) + " " : "").append(labels)
                    .append(labels.isEmpty() ? "" : ": ").append(plot.number(newest));
        }
        return all > shown.size() ? out + "\n  and " + (all - shown.size()) + " series that are not drawn" : out.toString();
    }

    /** What is kept. */
    @Descriptor("what the history keeps: since when, how many series, how much disk")
    @Example("metrics:history")
    public Object history(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        History.Extent e = history.extent();
        return Json.when(json, new Kept(e.since(), e.interval(), e.series(), e.leftOut(), e.bytes(), e.lostTicks()));
    }

    static Duration duration(String text) {
        if (!text.matches("\\d{1,6}[smhd]")) {
            throw new IllegalArgumentException("expected a duration such as 10m, 6h or 1d, found " + text);
        }
        long count = Long.parseLong(text.substring(0, text.length() - 1));
        return switch (text.charAt(text.length() - 1)) {
            case 's' -> Duration.ofSeconds(count);
            case 'm' -> Duration.ofMinutes(count);
            case 'h' -> Duration.ofHours(count);
            default -> Duration.ofDays(count);
        };
    }
}
