package org.cloudos.health.alerts;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.metrics.ExpressionException;
import org.cloudos.metrics.History;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.AlertRule;

/**
 * Evaluates rules and keeps the state of their alerts:
 *
 * <pre>
 *   (none) -- holds --> PENDING -- held for the rule's time --> FIRING -- holds no more --> RESOLVED -- 15 min --> (none)
 *                          +-- holds no more --> (none)                       ^-- holds again: PENDING, from the beginning
 * </pre>
 *
 * Times that decide are of the monotonic clock: one that jumps makes no alert fire.
 */
public final class Engine {
    private static final int MAX_ALERTS = 200;
    private static final long REMEMBERED = 15 * 60_000_000_000L;
    private static final Pattern PLACE = Pattern.compile("\\{\\{ *([a-zA-Z_]+) *}}");

    private record Key(String rule, Map<String, String> labels) { }

    private static final class Live {
        private AlertRule rule;
        private Alert.State state;
        private long entered;
        private Instant since;
        private double value;
        private boolean told;
    }

    private final History history;
    private final Supplier<List<AlertRule>> rules;
    private final Predicate<Alert> silenced;
    private final Consumer<Alert> listener;
    private final LongSupplier nanos;
    private final Supplier<Instant> clock;
    private final Map<Key, Live> live = new HashMap<>();          // guarded by this
    private final Map<String, String> problems = new HashMap<>(); // guarded by this

    /**
     * Nothing happens before {@link #evaluate}.
     *
     * @param silenced whether an alert is not to be told
     * @param listener told of alerts that begin to fire and of their end
     * @param nanos    monotonic
     */
    public Engine(History history, Supplier<List<AlertRule>> rules, Predicate<Alert> silenced, Consumer<Alert> listener,
            LongSupplier nanos, Supplier<Instant> clock) {
        this.history = history;
        this.rules = rules;
        this.silenced = silenced;
        this.listener = listener;
        this.nanos = nanos;
        this.clock = clock;
    }

    /** One round. */
    public void evaluate() {
        List<Alert> tell = new ArrayList<>();
        synchronized (this) {
            long now = nanos.getAsLong();
            Set<String> names = new HashSet<>();
            for (AlertRule rule : rules.get()) {
                names.add(rule.name());
                evaluate(rule, now);
            }
            problems.keySet().retainAll(names);
            for (Iterator<Map.Entry<Key, Live>> all = live.entrySet().iterator(); all.hasNext();) {
                Map.Entry<Key, Live> entry = all.next();
                Live alert = entry.getValue();
                if (!names.contains(entry.getKey().rule()) && alert.state != Alert.State.RESOLVED) {
                    gone(all, alert, now); // its rule went
                } else if (alert.state == Alert.State.RESOLVED && now - alert.entered > REMEMBERED) {
                    all.remove();
                    continue;
                }
                collect(entry.getKey(), alert, tell);
            }
        }
        tell.forEach(listener);
    }

    /** Those that are to be told now: a silence may have ended while an alert fires. */
    private void collect(Key key, Live alert, List<Alert> tell) {
        Alert view = view(key, alert);
        if (alert.state == Alert.State.FIRING && !alert.told && !view.silenced()) {
            alert.told = true;
            tell.add(view);
        } else if (alert.state == Alert.State.RESOLVED && alert.told) {
            alert.told = false;
            if (!view.silenced()) {
                tell.add(view);
            }
        }
    }

    private void evaluate(AlertRule rule, long now) {
        Set<Key> holding = new HashSet<>();
        try {
            List<History.Reading> readings = history.now(rule.expression());
            for (History.Reading reading : readings) {
                if (holding.size() < MAX_ALERTS) {
                    Key key = new Key(rule.name(), reading.labels());
                    holding.add(key);
                    holds(key, rule, reading.value(), now);
                }
            }
            problems.put(rule.name(), readings.size() > MAX_ALERTS ? "it holds for " + readings.size() + " series; " + MAX_ALERTS + " are kept" : "");
        } catch (ExpressionException e) {
            problems.put(rule.name(), e.getMessage());
        } catch (IllegalArgumentException | IllegalStateException e) {
            problems.put(rule.name(), "can't be evaluated: " + e.getMessage());
            return; // what was so stays so
        }
        for (Iterator<Map.Entry<Key, Live>> all = live.entrySet().iterator(); all.hasNext();) {
            Map.Entry<Key, Live> entry = all.next();
            if (entry.getKey().rule().equals(rule.name()) && !holding.contains(entry.getKey())) {
                gone(all, entry.getValue(), now);
            }
        }
    }

    private void holds(Key key, AlertRule rule, double value, long now) {
        Live alert = live.computeIfAbsent(key, k -> new Live());
        alert.rule = rule;
        alert.value = value;
        if (alert.state == null || alert.state == Alert.State.RESOLVED) {
            enter(alert, Alert.State.PENDING, now);
        }
        if (alert.state == Alert.State.PENDING && now - alert.entered >= rule.hold().toNanos()) {
            enter(alert, Alert.State.FIRING, now);
        }
    }

    private void gone(Iterator<Map.Entry<Key, Live>> all, Live alert, long now) {
        if (alert.state == Alert.State.PENDING) {
            all.remove();
        } else if (alert.state == Alert.State.FIRING) {
            enter(alert, Alert.State.RESOLVED, now);
        }
    }

    private void enter(Live alert, Alert.State state, long now) {
        alert.state = state;
        alert.entered = now;
        alert.since = clock.get();
    }

    private Alert view(Key key, Live alert) {
        Alert plain = new Alert(key.rule(), alert.rule.severity(), alert.state, key.labels(), alert.value, alert.since,
                summary(alert.rule.summary(), key.labels(), alert.value), false);
        return silenced.test(plain) ? new Alert(plain.rule(), plain.severity(), plain.state(), plain.labels(), plain.value(), plain.since(),
                plain.summary(), true) : plain;
    }

    /** Puts the value and the labels in. */
    static String summary(String text, Map<String, String> labels, double value) {
        return PLACE.matcher(text).replaceAll(place -> Matcher.quoteReplacement(place.group(1).equals("value")
                ? String.format(Locale.ROOT, "%.4g", value) : labels.getOrDefault(place.group(1), "")));
    }

    /** The worst first, then the newest. */
    public synchronized List<Alert> alerts() {
        return live.entrySet().stream().filter(e -> e.getValue().state != null).map(e -> view(e.getKey(), e.getValue()))
                .sorted(Comparator.comparing((Alert a) -> a.state() == Alert.State.FIRING ? 0 : a.state() == Alert.State.PENDING ? 1 : 2)
                        .thenComparing(Alert::severity, Comparator.reverseOrder()).thenComparing(Alert::since, Comparator.reverseOrder())
                        .thenComparing(Alert::rule)).toList();
    }

    /** The rules, each with what is wrong with it. */
    public List<AlertRule> described() {
        List<AlertRule> all = rules.get();
        synchronized (this) {
            return all.stream().map(r -> new AlertRule(r.name(), r.expression(), r.hold(), r.severity(), r.summary(),
                    r.problem().isEmpty() ? problems.getOrDefault(r.name(), "") : r.problem())).toList();
        }
    }
}
