package org.cloudos.cli.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/**
 * What the profile {@code server} keeps resident over {@code minimal}. Both run at the same time, hosted, as a person starts them; they are
 * left alone until start-up is long over, then looked at several times (VmRSS of {@code /proc/PID/status}: private and shared pages
 * alike). A second look comes after the metrics were read and pages fetched, since code that ran stays.
 */
final class MemoryBench implements ServicesBench.Part {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration SETTLE = Duration.ofSeconds(45);
    private static final Duration STEP = Duration.ofSeconds(1);
    private static final int LOOKS = 3;
    private static final int REQUESTS = 50;
    private static final double LIMIT_MB = 60;

    @Override public String name() {
        return "memory";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("cloudos-bench");
        int port = freePort();
        String start = checkout.root().resolve("cloudos") + " run %s --quiet --port 0 --data " + data + "/%s";
        for (String profile : List.of("minimal", "server")) { // makes the class archives, if they are missing
            try (Terminal terminal = new Terminal(start.formatted(profile, "first") + " --exec os:version", checkout.root(), Map.of())) {
                terminal.awaitEnd(LIMIT);
            }
        }
        console.say("memory: both profiles run, and are left alone for " + SETTLE.toSeconds() + " s");
        Map<String, String> ports = Map.of("CLOUDOS_HTTP_PORT", Integer.toString(port), "CLOUDOS_WEB_PORT", "0");
        try (Terminal minimal = new Terminal(start.formatted("minimal", "minimal"), checkout.root(), Map.of());
                Terminal server = new Terminal(start.formatted("server", "server"), checkout.root(), ports)) {
            minimal.await("cloudos>", LIMIT);
            server.await("cloudos>", LIMIT);
            URI metrics = URI.create("http://127.0.0.1:" + port + "/metrics");
            ask(metrics, 1);
            double[] idle = looks(minimal, server);
            ask(metrics, REQUESTS);
            double[] used = looks(minimal, server);
            return List.of(
                    new Bench.Measure("server over minimal, resident, after " + SETTLE.toSeconds() + " s of rest", idle[1] - idle[0], Double.NaN, "MB",
                            LIMIT_MB, false),
                    Bench.Measure.told("  minimal", idle[0], "MB"), Bench.Measure.told("  server", idle[1], "MB"),
                    new Bench.Measure("  and after " + REQUESTS + " readings of all metrics", used[1] - used[0], Double.NaN, "MB", LIMIT_MB, false));
        } finally {
            delete(data);
        }
    }

    /** Medians of several looks at both, after some rest. */
    private static double[] looks(Terminal minimal, Terminal server) throws IOException, InterruptedException {
        Thread.sleep(SETTLE);
        Median small = new Median();
        Median large = new Median();
        for (int i = 0; i < LOOKS; i++) {
            small.add(minimal.residentJava() / 1e6);
            large.add(server.residentJava() / 1e6);
            Thread.sleep(STEP);
        }
        return new double[] {small.get(), large.get()};
    }

    private static void ask(URI uri, int times) throws IOException, InterruptedException {
        Instant end = Instant.now().plus(LIMIT);
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int good = 0; good < times;) {
                try {
                    HttpResponse<Void> answer = client.send(HttpRequest.newBuilder(uri).timeout(LIMIT).build(), HttpResponse.BodyHandlers.discarding());
                    good += answer.statusCode() == 200 ? 1 : 0;
                } catch (java.net.ConnectException e) {
                    Thread.sleep(50); // it is not up yet
                }
                if (Instant.now().isAfter(end)) {
                    throw new IOException(uri + " did not answer " + times + " times with 200 within " + LIMIT);
                }
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
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
