package org.cloudos.config.command;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import org.cloudos.config.Change;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.shell.Column;
import org.cloudos.shell.Human;

/** What the commands show. */
final class Views {
    private Views() { }

    /** A setting. */
    public record Row(String key, String value, String layer, String from) {
        static Row of(Setting s) {
            return new Row(s.key(), text(s.value()), layerOf(s), s.source().toString());
        }
    }

    /** A difference. */
    public record Difference(String key, String before, String after) {
        static Difference of(Change.Difference d) {
            return new Difference(d.key(), text(d.before()), text(d.after()));
        }
    }

    /** A problem. */
    public record Complaint(Problem.Severity severity, String place, String key, String message) {
        static Complaint of(Problem p) {
            return new Complaint(p.severity(), p.source() == null ? "" : p.source().toString(), p.key(), Human.printable(p.message()));
        }
    }

    /** A change in the history. */
    public record Past(int revision, Instant at, Change.Kind kind, Change.Outcome outcome, String by, int settings,
            @Column("took") Duration took, List<String> keys, List<String> pids, String reason) {
        static Past of(Change c) {
            return new Past(c.number(), c.at(), c.kind(), c.outcome(), c.by(), c.differences().size(), c.took(),
                    c.differences().stream().map(Change.Difference::key).toList(), c.pids(), Human.printable(c.reason()));
        }
    }

    /** What a change did. */
    public record Done(int revision, Change.Outcome outcome, Duration took, List<String> pids, String note, List<Difference> settings) {
        static Done of(Change c, String note) {
            return new Done(c.number(), c.outcome(), c.took(), c.pids(), c.reason().isEmpty() ? note : c.reason(),
                    c.differences().stream().map(Difference::of).toList());
        }
    }

    /** What is known of a key. */
    public record Explained(String key, String value, String type, boolean required, String allowed, String description, String pid,
            String name, String bundle, List<Given> layers) { }

    /** A layer's value. */
    public record Given(String layer, String from, String value, String wins) { }

    static String layerOf(Setting s) {
        return s.source().layer().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    /** For a terminal. */
    static String text(Object value) {
        return switch (value) {
            case null -> "";
            case List<?> list -> list.stream().map(Views::text).collect(Collectors.joining(", ", "[", "]"));
            default -> Human.printable(value.toString());
        };
    }
}
