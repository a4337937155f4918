package org.cloudos.cli.bench;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/**
 * Files of a running {@code server} are changed, as an editor would: how long until the change is applied, what it
 * touches, and whether requests to its HTTP server notice.
 */
final class ConfigBench implements ServicesBench.Part {
    private static final int RELOADS = 100, THREADS = 4, LIMIT_MS = 200, WARM_REQUESTS = 2000;
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final String PID = "org.cloudos.ssh";

    private final LongAdder requests = new LongAdder();
    private final LongAdder failed = new LongAdder();

    @Override public String name() {
        return "config";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("cloudos-bench");
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        console.say("configuration: " + RELOADS + " reloads under the requests of " + THREADS + " threads");
        try (Terminal terminal = new Terminal(checkout.root().resolve("cloudos") + " run server --quiet --port 0 --data " + data, checkout.root(),
                Map.of("CLOUDOS_HTTP_PORT", Integer.toString(port)))) {
            terminal.await("cloudos>", LIMIT);
            URI live = URI.create("http://127.0.0.1:" + port + "/live");
            awaitOk(live.resolve("/ready"));
            return measures(data, live);
        } finally {
            delete(data);
        }
    }

    /** The load is there before anything is measured: not the first requests of both JVMs. */
    private void awaitLoad() throws IOException, InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        while (requests.sum() < WARM_REQUESTS) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("expected " + WARM_REQUESTS + " requests to be answered within " + LIMIT + ", found " + requests.sum());
            }
            Thread.sleep(20);
        }
        requests.reset();
    }

    private List<Bench.Measure> measures(Path data, URI live) throws IOException, InterruptedException {
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            threads.add(Thread.ofPlatform().daemon().start(() -> load(live, stop)));
        }
        awaitLoad();
        List<Double> took = new ArrayList<>();
        long others = 0;
        Instant begin = Instant.now();
        for (int i = 0; i < RELOADS; i++) {
            JsonObject change = reload(data.resolve("config"), 10 + i, took);
            JsonArray pids = change.getAsJsonArray("pids");
            others += pids.asList().stream().filter(p -> !p.getAsString().equals(PID)).count() + (pids.isEmpty() ? 1 : 0);
        }
        double seconds = Duration.between(begin, Instant.now()).toNanos() / 1e9;
        stop.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        double first = took.getFirst();
        Collections.sort(took);
        return List.of(
                new Bench.Measure("configuration: a key from write to applied, slowest of " + RELOADS + " under load", took.getLast(), Double.NaN, "ms",
                        LIMIT_MS, false),
                Bench.Measure.told("  the second slowest", took.get(took.size() - 2), "ms"),
                Bench.Measure.told("  median", took.get(took.size() / 2), "ms"),
                Bench.Measure.told("  the first", first, "ms"),
                new Bench.Measure("  PIDs touched beside the one that changed", others, Double.NaN, "PIDs", 0, false),
                new Bench.Measure("  requests that failed meanwhile", failed.sum(), Double.NaN, "requests", 0, false),
                Bench.Measure.told("  requests meanwhile", requests.sum() / seconds, "/s"));
    }

    /** Writes the file, and waits until the system has written down the change that it made of it. */
    private static JsonObject reload(Path config, int idle, List<Double> took) throws IOException, InterruptedException {
        Path good = config.resolve("history/good");
        String before = Files.exists(good) ? Files.readString(good) : "";
        Path aside = config.resolve("conf.d/.bench.new");
        Files.writeString(aside, "ssh:\n  idle: " + idle + "\n");
        Instant written = Instant.now();
        Files.move(aside, config.resolve("conf.d/bench.yaml"), StandardCopyOption.ATOMIC_MOVE);
        Instant end = written.plus(Duration.ofSeconds(60));
        while (!Files.exists(good) || Files.readString(good).equals(before)) {
            if (Instant.now().isAfter(end)) {
                throw new IOException("the change of " + config.resolve("conf.d/bench.yaml") + " was not applied within a minute");
            }
            Thread.sleep(2);
        }
        JsonObject change = JsonParser.parseString(Files.readString(config.resolve("history/" + Files.readString(good).strip() + ".json")))
                .getAsJsonObject();
        took.add(Duration.between(written, Instant.parse(change.get("at").getAsString())).toNanos() / 1e6);
        return change;
    }

    private static void awaitOk(URI uri) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        try (HttpClient client = HttpClient.newHttpClient()) {
            while (true) {
                try {
                    if (client.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
                        return;
                    }
                } catch (java.net.ConnectException e) {
                    Thread.sleep(20); // it is not up yet
                }
                if (Instant.now().isAfter(end)) {
                    throw new IOException(uri + " did not answer with 200 within " + LIMIT);
                }
                Thread.sleep(50);
            }
        }
    }

    private void load(URI uri, AtomicBoolean stop) {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build();
            while (!stop.get()) {
                try {
                    failed.add(client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200 ? 0 : 1);
                } catch (IOException e) {
                    failed.increment();
                }
                requests.increment();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(p);
            }
        }
    }
}
