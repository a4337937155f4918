package org.cloudos.health;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.cloudos.health.alerts.Engine;
import org.cloudos.health.alerts.Rules;
import org.cloudos.health.alerts.Silences;
import org.cloudos.health.alerts.Webhook;
import org.cloudos.metrics.History;
import org.cloudos.metrics.MetricSource;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.AlertListener;
import org.cloudos.metrics.alert.AlertRule;
import org.cloudos.metrics.alert.Alerts;
import org.cloudos.metrics.alert.Severity;
import org.cloudos.metrics.alert.Silence;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** Runs the checks and evaluates the rules every few seconds, in one thread, and tells of alerts. */
@Component(service = {Alerts.class, MetricSource.class}, immediate = true, configurationPid = "org.cloudos.health")
@Designate(ocd = Watch.Config.class)
public final class Watch implements Alerts, MetricSource {
    private static final System.Logger LOG = System.getLogger("alerts");

    /** Settings. */
    @ObjectClassDefinition(name = "Health", description = "Checks and alerts")
    public @interface Config {
        /** Seconds between two rounds. */
        @AttributeDefinition(name = "Interval", description = "Seconds between two rounds of checks and rules", min = "1", max = "3600")
        int interval() default 15;

        /** Who is told. */
        @AttributeDefinition(name = "Webhook", description = "URL that alerts are sent to, as Alertmanager's webhook does; empty sends none",
                required = false)
        String webhook() default "";

        /** File with a token. */
        @AttributeDefinition(name = "Webhook token file", description = "A file whose text is sent as bearer token", required = false)
        String webhook_token_file() default "";

        /** Whether the built-in rules count. */
        @AttributeDefinition(name = "Built-in rules", description = "Whether the rules that every system has are evaluated")
        boolean builtin_rules() default true;
    }

    private final Checks checks;
    private final Engine engine;
    private final Silences silences;
    private final Webhook webhook;
    private final List<ConfiguredRule> configured = new CopyOnWriteArrayList<>();
    private final List<AlertListener> listeners = new CopyOnWriteArrayList<>();
    private final Map<Class<?>, Boolean> complained = new ConcurrentHashMap<>();
    private final boolean builtIn;
    private final Thread thread;
    private volatile boolean over;

    /** Begins. */
    @Activate
    public Watch(BundleContext context, @Reference Checks checks, @Reference History history, Config config) {
        this.checks = checks;
        builtIn = config.builtin_rules();
        silences = new Silences(Path.of(context.getProperty("cloudos.data"), "health/silences.json"), Instant::now);
        webhook = config.webhook().isBlank() ? null : new Webhook(uri(config.webhook().strip()),
                config.webhook_token_file().isBlank() ? null : Path.of(config.webhook_token_file()), Webhook.Times.DEFAULT);
        engine = new Engine(history, this::active, silences::silenced, this::tell, System::nanoTime, Instant::now);
        Duration interval = Duration.ofSeconds(Math.clamp(config.interval(), 1, 3600));
        thread = Thread.ofPlatform().daemon().name("health").start(() -> run(interval));
    }

    static URI uri(String text) {
        try {
            URI uri = new URI(text);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                return uri;
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException("expected the webhook as a URL with http or https and a host, found " + text);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "gone")
    void came(ConfiguredRule rule) {
        configured.add(rule);
    }

    void gone(ConfiguredRule rule) {
        configured.remove(rule);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, unbind = "left")
    void joined(AlertListener listener) {
        listeners.add(listener);
    }

    void left(AlertListener listener) {
        listeners.remove(listener);
    }

    private void run(Duration interval) {
        while (!over) {
            try {
                Thread.sleep(interval);
                checks.run("", false);
                engine.evaluate();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                if (complained.putIfAbsent(e.getClass(), true) == null) {
                    LOG.log(System.Logger.Level.ERROR, "a round of checks and rules failed (said once): " + e, e);
                }
            }
        }
    }

    /** Rules that can be evaluated. */
    private List<AlertRule> active() {
        return all().stream().filter(r -> r.problem().isEmpty() && !r.expression().isBlank()).toList();
    }

    private List<AlertRule> all() {
        Map<String, AlertRule> all = new LinkedHashMap<>();
        if (builtIn) {
            Rules.BUILT_IN.forEach(r -> all.put(r.name(), r));
        }
        configured.forEach(c -> all.put(c.rule().name(), c.rule()));
        return new ArrayList<>(all.values());
    }

    private void tell(Alert alert) {
        boolean fires = alert.state() == Alert.State.FIRING;
        LOG.log(!fires || alert.severity() == Severity.INFO ? System.Logger.Level.INFO
                : alert.severity() == Severity.CRITICAL ? System.Logger.Level.ERROR : System.Logger.Level.WARNING,
                (fires ? "alert " : "over: ") + alert.rule() + alert.labels() + ": " + alert.summary());
        if (webhook != null) {
            webhook.offer(alert);
        }
        for (AlertListener listener : listeners) {
            try {
                listener.changed(alert);
            } catch (RuntimeException | LinkageError e) {
                LOG.log(System.Logger.Level.WARNING, listener.getClass().getName() + " could not be told of an alert: " + e);
            }
        }
    }

    @Override
    public List<Alert> list() {
        return engine.alerts();
    }

    @Override
    public List<AlertRule> rules() {
        Map<String, AlertRule> described = new LinkedHashMap<>();
        all().forEach(r -> described.put(r.name(), r));
        engine.described().forEach(r -> described.put(r.name(), r));
        return List.copyOf(described.values());
    }

    @Override
    public List<Silence> silences() {
        return silences.list();
    }

    @Override
    public Silence silence(String rule, Map<String, String> labels, Duration duration, String comment) {
        if (!rule.isEmpty() && all().stream().noneMatch(r -> r.name().equals(rule))) {
            throw new IllegalArgumentException("no rule is called " + rule + "; there are " + all().stream().map(AlertRule::name).toList());
        }
        return silences.add(rule, labels, duration, comment);
    }

    @Override
    public boolean unsilence(int id) {
        return silences.remove(id);
    }

    @Override
    public void collect(Sink sink) {
        List<Alert> alerts = engine.alerts();
        for (Severity severity : Severity.values()) {
            sink.gauge("cloudos_alerts_firing", "Alerts that fire.", alerts.stream()
                    .filter(a -> a.state() == Alert.State.FIRING && a.severity() == severity).count(),
                    "severity", severity.name().toLowerCase(java.util.Locale.ROOT));
        }
        if (webhook != null) {
            Webhook.Counts counts = webhook.counts();
            sink.counter("cloudos_alerts_delivered_total", "Alerts that the webhook took.", counts.delivered());
            sink.counter("cloudos_alerts_delivery_failures_total", "Deliveries to the webhook that failed, and are tried again.", counts.failures());
            sink.counter("cloudos_alerts_dropped_total", "Alerts that were never delivered, for too many waited.", counts.dropped());
            sink.gauge("cloudos_alerts_waiting", "Alerts that wait for the webhook.", counts.waiting());
        }
    }

    @Deactivate
    void close() {
        over = true;
        thread.interrupt();
        if (webhook != null) {
            webhook.close();
        }
        try {
            thread.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
