package org.cloudos.health.alerts;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.Severity;
import org.cloudos.shell.Json;

/**
 * Tells a collector of alerts, as Alertmanager's webhook does (version 4 of its JSON). What waits is the newest state of
 * each alert, so it is bounded however long the collector is gone; a collector that hangs costs one thread and nobody's time.
 */
public final class Webhook implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Webhook.class.getName());
    private static final int MAX_WAITING = 1000;
    private static final int MAX_BATCH = 100;

    /**
     * Limits.
     *
     * @param answer     that one delivery may take, from the connection to the end of the answer
     * @param firstRetry after a failure; doubled until {@code lastRetry}
     */
    public record Times(Duration answer, Duration firstRetry, Duration lastRetry) {
        /** 10 s; 5 s to 5 min. */
        public static final Times DEFAULT = new Times(Duration.ofSeconds(10), Duration.ofSeconds(5), Duration.ofMinutes(5));
    }

    /** Counted since the start. */
    public record Counts(long delivered, long failures, long dropped, int waiting) { }

    private record Key(String rule, Map<String, String> labels) { }

    /** @param began when it began to fire */
    record Waiting(Alert alert, Instant began) { }

    private final URI to;
    private final Path tokenFile;
    private final Times times;
    private final HttpClient client;
    private final Map<Key, Waiting> waiting = new LinkedHashMap<>(); // guarded by this
    private final Map<Key, Instant> firing = new LinkedHashMap<>();  // since when; guarded by this
    private long delivered; // guarded by this
    private long failures;  // guarded by this
    private long dropped;   // guarded by this
    private boolean over;   // guarded by this
    private final Thread thread;

    /**
     * Begins to deliver.
     *
     * @param tokenFile its text is sent as bearer token; null sends none
     */
    public Webhook(URI to, Path tokenFile, Times times) {
        this.to = to;
        this.tokenFile = tokenFile;
        this.times = times;
        client = HttpClient.newBuilder().connectTimeout(times.answer()).followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1).executor(Executors.newVirtualThreadPerTaskExecutor()).build();
        thread = Thread.ofVirtual().name("alerts-webhook").start(this::run);
    }

    /** Takes an alert; returns at once. */
    public synchronized void offer(Alert alert) {
        Key key = new Key(alert.rule(), alert.labels());
        if (!waiting.containsKey(key) && waiting.size() >= MAX_WAITING) {
            dropped++;
            return;
        }
        Instant began = alert.state() == Alert.State.FIRING ? alert.since() : firing.getOrDefault(key, alert.since());
        if (alert.state() == Alert.State.FIRING && firing.size() < MAX_WAITING) {
            firing.put(key, alert.since());
        } else {
            firing.remove(key);
        }
        waiting.remove(key); // the newer one stands behind
        waiting.put(key, new Waiting(alert, began));
        notifyAll();
    }

    /** What became of alerts. */
    public synchronized Counts counts() {
        return new Counts(delivered, failures, dropped, waiting.size());
    }

    private void run() {
        long pause = times.firstRetry().toMillis();
        try {
            while (true) {
                List<Waiting> batch = take();
                if (batch.isEmpty()) {
                    return;
                }
                String problem = deliver(batch);
                if (problem == null) {
                    pause = times.firstRetry().toMillis();
                    continue;
                }
                LOG.log(System.Logger.Level.WARNING, batch.size() + " alerts could not be told to " + shown() + ": " + problem
                        + "; tried again in " + pause + " ms");
                giveBack(batch);
                TimeUnit.MILLISECONDS.sleep(pause);
                pause = Math.min(pause * 2, times.lastRetry().toMillis());
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    /** Without what may be a secret: user, query. */
    private String shown() {
        return to.getScheme() + "://" + to.getHost() + (to.getPort() < 0 ? "" : ":" + to.getPort());
    }

    private synchronized List<Waiting> take() throws InterruptedException {
        while (waiting.isEmpty() && !over) {
            wait();
        }
        List<Waiting> batch = new ArrayList<>();
        var all = waiting.values().iterator();
        while (all.hasNext() && batch.size() < MAX_BATCH) {
            batch.add(all.next());
            all.remove();
        }
        return batch;
    }

    /** What was not delivered waits again, unless there is something newer of the same alert. */
    private synchronized void giveBack(List<Waiting> batch) {
        failures++;
        for (Waiting one : batch) {
            if (waiting.size() >= MAX_WAITING) {
                dropped++;
            } else {
                waiting.putIfAbsent(new Key(one.alert().rule(), one.alert().labels()), one);
            }
        }
    }

    /** Null when the collector took it. */
    private String deliver(List<Waiting> batch) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer;
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(to).timeout(times.answer()).header("Content-Type", "application/json")
                    .POST(HttpRequest.BodyPublishers.ofString(body(batch)));
            if (tokenFile != null) {
                request.header("Authorization", "Bearer " + Files.readString(tokenFile).strip());
            }
            answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException | IllegalArgumentException e) {
            return e.toString();
        }
        try {
            // The request's own limit ends with the headers; an answer without end is cut here.
            int status = answer.get(times.answer().toMillis() + 100, TimeUnit.MILLISECONDS).statusCode();
            if (status / 100 != 2) {
                return "it answered " + status;
            }
            synchronized (this) {
                delivered += batch.size();
            }
            return null;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause());
        } catch (TimeoutException e) {
            answer.cancel(true);
            return "no answer in " + times.answer().toMillis() + " ms";
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    /** Alertmanager's webhook, version 4. */
    static String body(List<Waiting> batch) {
        List<Map<String, Object>> alerts = new ArrayList<>();
        boolean firing = false;
        for (Waiting waited : batch) {
            Alert alert = waited.alert();
            boolean fires = alert.state() == Alert.State.FIRING;
            firing |= fires;
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("status", fires ? "firing" : "resolved");
            one.put("labels", labels(alert));
            one.put("annotations", Map.of("summary", alert.summary(), "value", Double.toString(alert.value())));
            one.put("startsAt", waited.began().toString());
            one.put("endsAt", fires ? "0001-01-01T00:00:00Z" : alert.since().toString());
            one.put("fingerprint", String.format("%016x", fingerprint(alert)));
            alerts.add(one);
        }
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("version", "4");
        all.put("groupKey", "cloudos");
        all.put("truncatedAlerts", 0);
        all.put("status", firing ? "firing" : "resolved");
        all.put("receiver", "webhook");
        all.put("groupLabels", Map.of());
        all.put("commonLabels", Map.of());
        all.put("commonAnnotations", Map.of());
        all.put("externalURL", "");
        all.put("alerts", alerts);
        return new Json(all).toString();
    }

    private static Map<String, String> labels(Alert alert) {
        Map<String, String> labels = new TreeMap<>(alert.labels());
        labels.put("alertname", alert.rule());
        labels.put("severity", alert.severity() == Severity.WARNING ? "warning" : alert.severity().name().toLowerCase(Locale.ROOT));
        return labels;
    }

    /** FNV-1a over the labels, in their order: the same alert has the same one always. */
    private static long fingerprint(Alert alert) {
        long hash = 0xcbf29ce484222325L;
        for (Map.Entry<String, String> label : labels(alert).entrySet()) {
            for (char c : (label.getKey() + '\u00ff' + label.getValue() + '\u00ff').toCharArray()) {
                hash = (hash ^ c) * 0x100000001b3L;
            }
        }
        return hash;
    }

    @Override
    public void close() {
        synchronized (this) {
            over = true;
            notifyAll();
        }
        thread.interrupt();
        client.shutdownNow();
    }
}
