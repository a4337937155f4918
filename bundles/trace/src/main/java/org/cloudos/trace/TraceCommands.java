package org.cloudos.trace;

import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Traces on the terminal. */
@Component(service = TraceCommands.class)
@GogoCommand(scope = "trace", function = {"list", "show"})
public final class TraceCommands {
    /** A trace: its first span. */
    public record Row(String trace, Instant at, String name, Duration took, int spans, String status) { }

    /** A span in its trace. */
    public record Line(String span, @Column("at") Duration offset, Duration took, @Column(value = "when", hidden = true) Instant at, String status,
            Map<String, String> attributes) { }

    private final Tracing tracing;

    /** Made when a command runs first. */
    @Activate
    public TraceCommands(@Reference Tracing tracing) {
        this.tracing = tracing;
    }

    /** Traces. */
    @Descriptor("the newest traces: requests and swaps; the newest last")
    @Example({"trace:list", "trace:list -n 5 swap", "trace:list --json"})
    public Object list(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Parameter(names = "-n", absentValue = "30") @Descriptor("how many") int count,
            @Descriptor("a part of the name") String... part) {
        Map<String, List<SpanData>> traces = new LinkedHashMap<>();
        tracing.recent().list().forEach(s -> traces.computeIfAbsent(s.getTraceId(), t -> new ArrayList<>()).add(s));
        List<Row> rows = new ArrayList<>();
        traces.forEach((id, spans) -> {
            SpanData root = spans.stream().min(Comparator.comparingLong(SpanData::getStartEpochNanos)).orElseThrow();
            if (part.length == 0 || root.getName().contains(part[0])) {
                rows.add(new Row(id, at(root), root.getName(), took(root), spans.size(), status(root)));
            }
        });
        return Json.when(json, rows.subList(Math.max(0, rows.size() - Math.max(0, count)), rows.size()));
    }

    /** A trace. */
    @Descriptor("the spans of a trace")
    @Example("trace:show 0af7651916cd43dd8448eb211c80319c")
    public Object show(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("its id, or the beginning of it") String id) {
        List<SpanData> spans = tracing.recent().list().stream().filter(s -> s.getTraceId().startsWith(id))
                .sorted(Comparator.comparingLong(SpanData::getStartEpochNanos)).toList();
        if (spans.isEmpty()) {
            throw new IllegalArgumentException("no trace begins with " + id + ": trace:list shows those that are kept");
        }
        if (spans.stream().map(SpanData::getTraceId).distinct().count() > 1) {
            throw new IllegalArgumentException("several traces begin with " + id + ": give more of it");
        }
        List<Line> lines = new ArrayList<>();
        Map<String, List<SpanData>> children = new HashMap<>();
        Set<String> known = new HashSet<>();
        spans.forEach(s -> known.add(s.getSpanId()));
        spans.forEach(s -> children.computeIfAbsent(known.contains(s.getParentSpanId()) ? s.getParentSpanId() : "", p -> new ArrayList<>()).add(s));
        tree(lines, children, "", 0, spans.getFirst().getStartEpochNanos());
        return Json.when(json, lines);
    }

    private static void tree(List<Line> lines, Map<String, List<SpanData>> children, String parent, int depth, long begin) {
        for (SpanData span : children.getOrDefault(parent, List.of())) {
            Map<String, String> attributes = new TreeMap<>();
            span.getAttributes().forEach((key, value) -> attributes.put(key.getKey(), value.toString()));
            lines.add(new Line("  ".repeat(Math.min(depth, 20)) + span.getName(), Duration.ofNanos(Math.max(0, span.getStartEpochNanos() - begin)),
                    took(span), at(span), status(span), attributes));
            if (depth < 200) {
                tree(lines, children, span.getSpanId(), depth + 1, begin);
            }
        }
    }

    private static Instant at(SpanData span) {
        return Instant.ofEpochSecond(0, span.getStartEpochNanos());
    }

    private static Duration took(SpanData span) {
        return Duration.ofNanos(Math.max(0, span.getEndEpochNanos() - span.getStartEpochNanos()));
    }

    private static String status(SpanData span) {
        return span.getStatus().getStatusCode() == StatusCode.UNSET ? "" : (span.getStatus().getStatusCode() + " "
                + span.getStatus().getDescription()).strip();
    }
}
