package org.cloudos.health;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.alert.Alerts;
import org.cloudos.metrics.alert.Severity;
import org.cloudos.metrics.alert.Silence;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Health and alerts on the terminal. */
@Component(service = HealthCommands.class)
@GogoCommand(scope = "health", function = {"list", "run", "alerts", "rules", "silence", "silences", "unsilence"})
public final class HealthCommands {
    /** An alert in the table. */
    public record Row(String alert, Alert.State state, Severity severity, @Column("for") Duration age, double value, String summary,
            boolean silenced) { }

    private final Checks checks;
    private final Alerts alerts;

    /** Made when a command runs first. */
    @Activate
    public HealthCommands(@Reference Checks checks, @Reference Alerts alerts) {
        this.checks = checks;
        this.alerts = alerts;
    }

    /** Results. */
    @Descriptor("all health checks and their results, at most some seconds old; the worst first")
    @Example({"health:list", "health:list --json"})
    public Object list(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, checks.run("", false));
    }

    /** Runs them. */
    @Descriptor("runs health checks now: all, or those with a name or tag; fails when one is critical")
    @Example({"health:run", "health:run ready", "health:run memory"})
    public Object run(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a check's name, or a tag: ready, live, system") String... wanted) {
        List<Checks.Row> rows = checks.run(wanted.length == 0 ? "" : wanted[0], true);
        if (rows.isEmpty()) {
            throw new IllegalArgumentException("no health check has the name or tag " + String.join(" ", wanted) + ": health:list shows all");
        }
        if (!json && Checks.worst(rows).compareTo(Checks.Status.WARN) > 0) {
            Checks.Row worst = rows.getFirst();
            throw new IllegalStateException(worst.check() + " is " + worst.status() + ": " + worst.message());
        }
        return Json.when(json, rows);
    }

    /** What is wrong. */
    @Descriptor("alerts that are pending, firing, or were resolved in the last quarter of an hour")
    @Example({"health:alerts", "health:alerts --json"})
    public Object alerts(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Alert> all = alerts.list();
        Instant now = Instant.now();
        return json ? new Json(all) : all.stream().map(a -> new Row(a.rule() + (a.labels().isEmpty() ? "" : a.labels()), a.state(), a.severity(),
                a.since().isAfter(now) ? Duration.ZERO : Duration.between(a.since(), now), a.value(), a.summary(), a.silenced())).toList();
    }

    /** What is watched. */
    @Descriptor("the rules, and what is wrong with those that can't be evaluated")
    @Example("health:rules")
    public Object rules(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<AlertRule> all = alerts.rules();
        return Json.when(json, all);
    }

    /** Keeps quiet. */
    @Descriptor("keeps alerts from being told for a time: those of a rule, or of all (*), with these labels")
    @Example({"health:silence --for 2h DiskAlmostFull", "health:silence --for 30m --comment 'moving house' '*'",
        "health:silence --for 1h HttpErrors route=/slow"})
    public Silence silence(
            @Parameter(names = "--for", absentValue = "1h") @Descriptor("how long: 30m, 2h, 7d") String duration,
            @Parameter(names = "--comment", absentValue = "") @Descriptor("why") String comment,
            @Descriptor("a rule, or * for all") String rule,
            @Descriptor("label=value") String... labels) {
        Map<String, String> wanted = new TreeMap<>();
        for (String label : labels) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected label=value, found " + label);
            }
            wanted.put(label.substring(0, equals), label.substring(equals + 1));
        }
        return alerts.silence(rule.equals("*") ? "" : rule, wanted, duration(duration), comment);
    }

    /** Silences. */
    @Descriptor("silences that have not ended")
    @Example("health:silences")
    public Object silences(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, alerts.silences());
    }

    /** Ends one. */
    @Descriptor("ends a silence")
    @Example("health:unsilence 3")
    public String unsilence(@Descriptor("its number, as health:silences shows it") int id) {
        if (!alerts.unsilence(id)) {
            throw new IllegalArgumentException("there is no silence " + id + ": health:silences shows all");
        }
        return "Silence " + id + " ended.";
    }

    static Duration duration(String text) {
        if (!text.matches("\\d{1,6}[smhd]")) {
            throw new IllegalArgumentException("expected a duration such as 30m, 2h or 7d, found " + text);
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
