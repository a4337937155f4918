package org.cloudos.health.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.Severity;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class WebhookTest {
    private static final Webhook.Times QUICK = new Webhook.Times(Duration.ofMillis(300), Duration.ofMillis(20), Duration.ofMillis(50));
    /** The collector answers, however slow the machine is. */
    private static final Webhook.Times PATIENT = new Webhook.Times(Duration.ofSeconds(60), Duration.ofMillis(20), Duration.ofMillis(50));
    @TempDir Path folder;

    private static Alert alert(String rule, Alert.State state, int number) {
        return new Alert(rule, Severity.CRITICAL, state, Map.of("n", "" + number), 1.5, Instant.ofEpochSecond(1_700_000_000), "It is \"bad\"\n", false);
    }

    private static URI at(int port) {
        return URI.create("http://127.0.0.1:" + port + "/hook?key=secret");
    }

    private static void await(BooleanSupplier condition) throws InterruptedException {
        while (!condition.getAsBoolean()) {
            Thread.sleep(10);
        }
    }

    @Test void tellsAsAlertmanagerDoes() throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        BlockingQueue<String> tokens = new LinkedBlockingQueue<>();
        AtomicInteger requests = new AtomicInteger();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/hook", exchange -> {
            bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            tokens.add(exchange.getRequestHeaders().getFirst("Authorization"));
            exchange.sendResponseHeaders(requests.incrementAndGet() == 1 ? 500 : 200, -1);
            exchange.close();
        });
        collector.start();
        Path token = Files.writeString(folder.resolve("token"), "abc\n");
        try (Webhook webhook = new Webhook(at(collector.getAddress().getPort()), token, PATIENT)) {
            webhook.offer(alert("Hot", Alert.State.FIRING, 1));
            assertEquals("Bearer abc", tokens.poll(60, TimeUnit.SECONDS));
            bodies.take();
            Map<?, ?> again = (Map<?, ?>) Json.parse(bodies.poll(60, TimeUnit.SECONDS));
            assertEquals("4", again.get("version"));
            assertEquals("firing", again.get("status"));
            Map<?, ?> alert = (Map<?, ?>) ((List<?>) again.get("alerts")).getFirst();
            assertEquals(Map.of("alertname", "Hot", "severity", "critical", "n", "1"), alert.get("labels"));
            assertEquals("2023-11-14T22:13:20Z", alert.get("startsAt"));
            await(() -> webhook.counts().delivered() == 1);
            assertEquals(1, webhook.counts().failures());
        } finally {
            collector.stop(0);
        }
    }

    @Test void aCollectorThatHangsBoundsWhatWaits() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Webhook webhook = new Webhook(at(hanging.getLocalPort()), null, QUICK)) {
            long begin = System.nanoTime();
            for (int i = 0; i < 100_000; i++) {
                webhook.offer(alert("Hot", i % 2 == 0 ? Alert.State.FIRING : Alert.State.RESOLVED, i / 2 % 3000));
            }
            assertTrue(System.nanoTime() - begin < 60_000_000_000L, "nobody waits for the collector");
            await(() -> webhook.counts().failures() >= 2);
            assertTrue(webhook.counts().waiting() <= 1000);
            assertTrue(webhook.counts().dropped() > 0, "and what is dropped is counted");
            assertEquals(0, webhook.counts().delivered());
        }
    }

    @Test void anAnswerWithoutEndIsCut() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                Webhook webhook = new Webhook(at(server.getLocalPort()), null, QUICK)) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        Socket socket = server.accept();
                        Thread.ofVirtual().start(() -> drip(socket));
                    }
                } catch (java.io.IOException e) {
                    // closed
                }
            });
            webhook.offer(alert("Hot", Alert.State.FIRING, 1));
            await(() -> { // it is kept for the next try; while it is on its way it does not wait
                Webhook.Counts counts = webhook.counts();
                return counts.failures() >= 2 && counts.waiting() == 1;
            });
        }
    }

    private static void drip(Socket socket) {
        try (socket) {
            socket.getOutputStream().write("HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            while (true) {
                socket.getOutputStream().write(' ');
                socket.getOutputStream().flush();
                Thread.sleep(20);
            }
        } catch (java.io.IOException | InterruptedException e) {
            // the client had enough
        }
    }

    @Test void onlyTheNewestStateOfAnAlertWaits() throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        AtomicBoolean well = new AtomicBoolean();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            boolean takes = well.get();
            if (takes) {
                bodies.add(body);
            }
            exchange.sendResponseHeaders(takes ? 204 : 503, -1);
            exchange.close();
        });
        collector.start();
        try (Webhook webhook = new Webhook(at(collector.getAddress().getPort()), null, QUICK)) {
            webhook.offer(alert("Hot", Alert.State.FIRING, 1));
            await(() -> webhook.counts().failures() >= 1);
            webhook.offer(alert("Hot", Alert.State.RESOLVED, 1));
            long failures = webhook.counts().failures();
            await(() -> webhook.counts().failures() > failures + 1); // what was under way is back
            well.set(true);
            String body = bodies.poll(60, TimeUnit.SECONDS);
            assertTrue(body.contains("\"resolved\""), body);
            assertFalse(body.contains("\"firing\""), body);
            await(() -> webhook.counts().delivered() > 0 && webhook.counts().waiting() == 0);
        } finally {
            collector.stop(0);
        }
    }
}
