package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Metrics, health, alerts, traces and profiles of a hosted system, seen from outside; by a real Prometheus where there is one. */
@Timeout(1800)
class MetricsTest {
    private static final Path PROMETHEUS = Path.of("/usr/bin/prometheus");
    private static final Path PROMTOOL = Path.of("/usr/bin/promtool");
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final Duration LIMIT = Limits.COMMAND;

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;
    private final int port = Machine.freePort();
    private final HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final BlockingQueue<String> alerts = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> spans = new LinkedBlockingQueue<>();

    @Test
    void seenFromOutside() throws Exception {
        HttpServer collector = collector();
        Path profile = Files.writeString(home.resolve("watched.bndrun"), "-include: server\n-runproperties.watched: cloudos.web.port="
                + Machine.freePort() + ", org.osgi.service.http.port=" + port + "\n");
        Path settings = Files.createDirectories(home.resolve("data/config/conf.d")).resolve("watched.yaml");
        String at = "http://127.0.0.1:" + collector.getAddress().getPort();
        Files.writeString(settings, "health: {interval: 1, webhook: '" + at + "/alerts'}\nmetrics: {interval: 1}\ntrace: {endpoint: '" + at + "'}\n"
                + "health.rule~up: {name: Up, expression: 'process_start_time_seconds > 0', hold: 0, severity: info, summary: 'It runs'}\n");
        try (Machine machine = Machine.hosted(home, profile.toString())) {
            isReadyAndAlive();
            exports();
            if (Tools.present("prometheus", PROMETHEUS)) {
                aRealPrometheusScrapes();
            }
            if (Tools.present("prometheus", PROMTOOL)) {
                promtoolFindsNothing();
            }
            anAlertIsTold();
            traces(machine);
            shows(machine);
            profiles(machine);
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        } finally {
            collector.stop(0);
        }
    }

    private HttpServer collector() throws IOException {
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/alerts", exchange -> {
            alerts.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.createContext("/v1/traces", exchange -> {
            spans.add(new String(new GZIPInputStream(exchange.getRequestBody()).readAllBytes(), StandardCharsets.UTF_8));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        collector.start();
        return collector;
    }

    private HttpResponse<String> get(String path, String... headers) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LIMIT);
        return client.send((headers.length > 0 ? request.headers(headers) : request).build(), HttpResponse.BodyHandlers.ofString());
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(String what, Condition condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, what);
            Thread.sleep(200);
        }
    }

    private void isReadyAndAlive() throws Exception {
        await("HTTP answers", () -> {
            try {
                return get("/ready").statusCode() == 200;
            } catch (IOException e) {
                return false; // not listening yet
            }
        });
        assertTrue(get("/ready").body().matches("(?s)(OK|WARN)\n.*OK started\n.*"), get("/ready").body());
        JsonObject live = JsonParser.parseString(get("/live", "Accept", "application/json").body()).getAsJsonObject();
        assertEquals("ok", live.get("status").getAsString());
        assertFalse(live.toString().contains(home.toString()), "anybody may ask: no paths");
    }

    private void exports() throws Exception {
        String text = get("/metrics").body();
        for (String metric : List.of("node_cpu_seconds_total{", "jvm_gc_collections_total{", "osgi_bundles{state=\"active\"}", "process_open_fds ",
                "http_server_request_duration_seconds_bucket{route=\"/ready\"", "cloudos_log_lost_total ")) {
            assertTrue(text.contains("\n" + metric), metric + " is not in\n" + text);
        }
        assertTrue(get("/metrics", "Accept", "application/openmetrics-text").body().endsWith("# EOF\n"));
    }

    /** It reads the text format 0.0.4 alone: what OpenMetrics writes of a counter's name it takes for a mistake. */
    private void promtoolFindsNothing() throws Exception {
        Path log = home.resolve("promtool.log");
        Process promtool = new ProcessBuilder(PROMTOOL.toString(), "check", "metrics").redirectErrorStream(true).redirectOutput(log.toFile()).start();
        try (var in = promtool.getOutputStream()) {
            in.write(get("/metrics").body().getBytes(StandardCharsets.UTF_8));
        }
        int status = promtool.waitFor();
        assertTrue(status == 0 && Files.size(log) == 0, status + "\n" + Files.readString(log));
    }

    private void aRealPrometheusScrapes() throws Exception {
        int listen = Machine.freePort();
        Path config = Files.writeString(home.resolve("prometheus.yml"), "global: {scrape_interval: 3s, scrape_timeout: 3s}\nscrape_configs:\n"
                + "  - {job_name: cloudos, static_configs: [{targets: ['127.0.0.1:" + port + "']}]}\n");
        Process prometheus = new ProcessBuilder(PROMETHEUS.toString(), "--config.file=" + config, "--storage.tsdb.path=" + home.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + listen, "--enable-feature=native-histograms").redirectErrorStream(true)
                .redirectOutput(home.resolve("prometheus.log").toFile()).start();
        try {
            await("the target is up", () -> asks(listen, "up == 1").size() == 1);
            await("a rate of a counter", () -> asks(listen, "rate(node_cpu_seconds_total[1m])").size() > 0);
            // Without "le": from the native histogram, which the protocol buffers carry.
            await("a quantile of a native histogram", () -> asks(listen,
                    "histogram_quantile(0.9, http_server_request_duration_seconds{route=\"/metrics\"})").size() == 1);
            await("it scrapes samples", () -> asks(listen, "scrape_samples_scraped > 0").size() == 1);
        } finally {
            prometheus.destroy();
            prometheus.waitFor();
        }
    }

    private JsonArray asks(int listen, String query) throws Exception {
        try {
            HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + listen + "/api/v1/query?query="
                    + URLEncoder.encode(query, StandardCharsets.UTF_8))).timeout(LIMIT).build(), HttpResponse.BodyHandlers.ofString());
            return answer.statusCode() != 200 ? new JsonArray()
                    : JsonParser.parseString(answer.body()).getAsJsonObject().getAsJsonObject("data").getAsJsonArray("result");
        } catch (IOException e) {
            return new JsonArray(); // not listening yet
        }
    }

    private void anAlertIsTold() throws Exception {
        String body = alerts.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
        assertTrue(body != null && body.contains("\"alertname\":\"Up\"") && body.contains("\"firing\""), body);
    }

    private void traces(Machine machine) throws Exception {
        get("/live", "traceparent", "00-" + TRACE + "-b7ad6b7169203331-01");
        Path greeter = Command.ROOT.resolve("examples/greeter/target/greeter-0.1.0.jar");
        if (Files.exists(greeter)) {
            machine.deploy(Command.ROOT.resolve("examples/greeter.api/target/greeter.api-0.1.0.jar"), greeter);
        }
        await("the collector has the span of the request", () -> {
            String body = spans.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
            return body != null && body.contains(TRACE);
        });
        JsonElement trace = machine.json("trace:show " + TRACE.substring(0, 8));
        assertTrue(trace.toString().contains("GET /live"), trace.toString());
        if (Files.exists(greeter)) {
            assertTrue(machine.json("trace:list deploy").toString().contains("deploy"), "a swap is a trace");
        }
    }

    private void shows(Machine machine) throws Exception {
        JsonArray checks = machine.json("health:list").getAsJsonArray();
        assertTrue(checks.size() >= 5, checks.toString());
        await("two moments in the history", () -> machine.ssh("metrics:graph --last 5m node_load1").out().contains("┤"));
        JsonElement rate = machine.json("metrics:show 'sum(rate(node_cpu_seconds_total{mode!=\"idle\"}[1m]))'");
        assertTrue(rate.toString().contains("\"value\""), rate.toString());
        assertEquals(1, machine.ssh("metrics:show 'rate(x'").status());
        machine.ssh("health:silence --for 1h Up").expect(0);
        assertTrue(machine.json("health:alerts").toString().contains("\"silenced\":true"));
        machine.ssh("health:unsilence 1").expect(0);
        assertEquals(1, machine.ssh("health:silence --for 1h NoSuchRule").status());
    }

    private void profiles(Machine machine) throws Exception {
        JsonObject made = machine.json("perf:profile 1s").getAsJsonObject();
        Path page = Path.of(made.get("page").getAsString());
        assertTrue(Files.readString(page).startsWith("<!DOCTYPE html>"));
        assertTrue(Files.size(Path.of(made.get("recording").getAsString())) > 1000);
        machine.json("perf:top 1s");
    }
}
