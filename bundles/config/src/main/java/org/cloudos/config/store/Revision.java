package org.cloudos.config.store;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cloudos.config.Change;
import org.cloudos.shell.Json;

/**
 * A change, and the files as it left them. Secrets are not in the files, so not here.
 *
 * @param base  the revision before; 0 is that without any file
 * @param files texts by name
 */
public record Revision(Change change, int base, SortedMap<String, String> files) {
    /** Before the first one. */
    static final Revision NONE = new Revision(new Change(0, Instant.EPOCH, Change.Kind.BOOT, "", Change.Outcome.APPLIED, List.of(),
            List.of(), Duration.ZERO, ""), 0, new TreeMap<>());

    /** The same with another end. */
    public Revision ended(Change.Outcome outcome, String reason) {
        Change c = change;
        return new Revision(new Change(c.number(), c.at(), c.kind(), c.by(), outcome, c.differences(), c.pids(), c.took(), reason), base, files);
    }

    /** The same with what it touched. */
    public Revision applied(List<String> pids, Duration took) {
        Change c = change;
        return new Revision(new Change(c.number(), c.at(), c.kind(), c.by(), c.outcome(), c.differences(), pids, took, c.reason()), base, files);
    }

    String json() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("number", change.number());
        map.put("base", base);
        map.put("at", change.at());
        map.put("kind", change.kind());
        map.put("by", change.by());
        map.put("outcome", change.outcome());
        map.put("differences", change.differences());
        map.put("pids", change.pids());
        map.put("tookNanos", change.took().toNanos());
        map.put("reason", change.reason());
        map.put("files", files);
        return new Json(map) + "\n";
    }

    /** @throws IllegalArgumentException when it is something else */
    static Revision parse(String text) {
        try {
            Map<?, ?> map = (Map<?, ?>) Json.parse(text);
            SortedMap<String, String> files = new TreeMap<>();
            ((Map<?, ?>) map.get("files")).forEach((name, content) -> files.put((String) name, (String) content));
            List<Change.Difference> differences = new ArrayList<>();
            for (Object each : (List<?>) map.get("differences")) {
                Map<?, ?> d = (Map<?, ?>) each;
                differences.add(new Change.Difference((String) d.get("key"), d.get("before"), d.get("after")));
            }
            List<String> pids = ((List<?>) map.get("pids")).stream().map(String.class::cast).toList();
            return new Revision(new Change(number(map, "number"), Instant.parse((String) map.get("at")),
                    Change.Kind.valueOf((String) map.get("kind")), (String) map.get("by"),
                    Change.Outcome.valueOf((String) map.get("outcome")), List.copyOf(differences), pids,
                    Duration.ofNanos((Long) map.get("tookNanos")), (String) map.get("reason")), number(map, "base"), files);
        } catch (ClassCastException | NullPointerException | java.time.format.DateTimeParseException | ArithmeticException e) {
            throw new IllegalArgumentException("expected a revision, found something else", e);
        }
    }

    private static int number(Map<?, ?> map, String name) {
        return Math.toIntExact((Long) map.get(name));
    }
}
