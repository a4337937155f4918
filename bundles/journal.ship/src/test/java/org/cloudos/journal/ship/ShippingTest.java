package org.cloudos.journal.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsPartialSuccess;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceRequest;
import io.opentelemetry.proto.collector.logs.v1.ExportLogsServiceResponse;
import io.opentelemetry.proto.logs.v1.LogRecord;
import io.opentelemetry.proto.logs.v1.ResourceLogs;
import java.io.IOException;
import java.lang.annotation.Annotation;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.zip.GZIPInputStream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShippingTest {
    private static final Tls NO_TLS = new Tls("", "", "");
    @TempDir Path dir;
    private final Kept journal = new Kept();

    private record Settings(String url, String ca, String query) implements Target.Config {
        @Override public String facility() {
            return "local0";
        }

        @Override public String host() {
            return "box";
        }

        @Override public String certificate() {
            return "";
        }

        @Override public String key() {
            return "";
        }

        @Override public String[] headers() {
            return new String[] {"X-Token=secret"};
        }

        @Override public int megabytes() {
            return 1;
        }

        @Override public int files() {
            return 2;
        }

        @Override public Class<? extends Annotation> annotationType() {
            return Target.Config.class;
        }
    }

    private Shipping ship(String url, String ca) throws IOException {
        return new Shipping("t", journal, Query.parse("not bundle=journal.ship", java.time.Instant.now()),
                Target.sender(new Settings(url, ca, "")), dir.resolve("cursor"), Duration.ofSeconds(30));
    }

    private void write(int from, int to) {
        IntStream.range(from, to).forEach(n -> journal.append(Entry.at(Level.INFO, "n" + n).bundle("b").build()));
    }

    private static List<String> names(int from, int to) {
        return IntStream.range(from, to).mapToObj(n -> "n" + n).toList();
    }

    @Test void overEachTransportInOrderAndOnlyOnce() throws Exception {
        for (String scheme : List.of("udp", "tcp")) {
            Kept far = new Kept();
            try (SyslogReceiver receiver = new SyslogReceiver(new URI(scheme + "://127.0.0.1:0"), far, NO_TLS, false)) {
                int before = (int) journal.newest();
                write(before, before + 150);
                try (Shipping first = ship("syslog+" + scheme + "://127.0.0.1:" + receiver.port(), "")) {
                    assertEquals("t", first.state().target());
                    far.await("logger=b", 150);
                }
                write(before + 150, before + 200);
                try (Shipping second = ship("syslog+" + scheme + "://127.0.0.1:" + receiver.port(), "")) {
                    assertEquals(names(before, before + 200), far.await("logger=b", 200), scheme);
                    assertEquals(200, receiver.received());
                    assertEquals("", second.state().trouble());
                }
            }
        }
    }

    @Test void overTlsToWhomIsTrustedAlone() throws Exception {
        TestKeys.make(dir, "localhost");
        Tls server = new Tls("", dir.resolve("cert.pem").toString(), dir.resolve("key.pem").toString());
        Kept far = new Kept();
        write(0, 20);
        try (SyslogReceiver receiver = new SyslogReceiver(new URI("tls://127.0.0.1:0"), far, server, false)) {
            try (Shipping stranger = ship("syslog+tls://localhost:" + receiver.port(), "")) {
                journal.await("level=warn bundle=journal.ship", 1);
                assertTrue(stranger.state().trouble().contains("PKIX"), stranger.state().trouble());
            }
            assertEquals(0, receiver.received());
            try (Shipping known = ship("syslog+tls://localhost:" + receiver.port(), dir.resolve("cert.pem").toString())) {
                assertEquals(names(0, 20), far.await("logger=b", 20));
                assertEquals("", known.state().trouble());
            }
            try (Shipping wrongName = ship("syslog+tls://127.0.0.1:" + receiver.port(), dir.resolve("cert.pem").toString())) {
                write(20, 21);
                journal.await("level=warn bundle=journal.ship message~\"subject alternative\"", 1);
                assertFalse(wrongName.state().trouble().isEmpty());
            }
        }
    }

    @Test void whileTheCollectorIsAwayTheJournalKeepsWhatItWillGet() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0)) {
            port = free.getLocalPort();
        }
        write(0, 300);
        try (Shipping absent = ship("syslog+tcp://127.0.0.1:" + port, "")) {
            journal.await("level=warn target=t message~refused", 1);
            assertTrue(absent.state().trouble().contains("refused"), absent.state().trouble());
            assertEquals(0, absent.state().sent());
        }
        write(300, 400);
        journal.remove(50);
        Kept far = new Kept();
        try (SyslogReceiver receiver = new SyslogReceiver(new URI("tcp://127.0.0.1:" + port), far, NO_TLS, false);
                Shipping later = ship("syslog+tcp://127.0.0.1:" + port, "")) {
            assertEquals(names(50, 400), far.await("logger=b", 350));
            assertEquals(port, receiver.port());
            assertEquals(0, later.state().refused());
        }
    }

    @Test void aCollectorThatHangsIsLeftAndTriedAgain() throws Exception {
        write(0, 50);
        journal.append(Entry.at(Level.INFO, "x".repeat(30_000)).exception("y".repeat(30_000)).build());
        IntStream.range(0, 300).forEach(n -> journal.append(Entry.at(Level.INFO, "z".repeat(30_000)).build()));
        List<Socket> taken = Collections.synchronizedList(new ArrayList<>());
        try (ServerSocket silent = new ServerSocket(0)) {
            Thread.ofVirtual().start(() -> {
                try {
                    while (true) {
                        taken.add(silent.accept()); // and reads nothing
                    }
                } catch (IOException e) {
                    // The test ends.
                }
            });
            try (Shipping hanging = new Shipping("t", journal, Query.ALL,
                    Target.sender(new Settings("syslog+tcp://127.0.0.1:" + silent.getLocalPort(), "", "")), dir.resolve("c"), Duration.ofMillis(200))) {
                journal.await("level=warn target=t message~\"took nothing\"", 1);
                assertFalse(hanging.state().trouble().isEmpty());
            }
        }
        for (Socket one : taken) {
            one.close();
        }
    }

    @Test void otlpIsReadByOpenTelemetrysOwnClasses() throws Exception {
        List<ExportLogsServiceRequest> requests = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger busy = new AtomicInteger(1);
        HttpServer server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/v1/logs", exchange -> {
            byte[] body = new GZIPInputStream(exchange.getRequestBody()).readAllBytes();
            boolean wrong = !"application/x-protobuf".equals(exchange.getRequestHeaders().getFirst("Content-Type"))
                    || !"secret".equals(exchange.getRequestHeaders().getFirst("X-Token"));
            byte[] answer = new byte[0];
            int status = wrong ? 400 : 200;
            if (busy.getAndDecrement() > 0) {
                status = 503;
            } else {
                ExportLogsServiceRequest request = ExportLogsServiceRequest.parseFrom(body);
                assertTrue(request.getUnknownFields().asMap().isEmpty());
                requests.add(request);
                answer = ExportLogsServiceResponse.newBuilder().setPartialSuccess(ExportLogsPartialSuccess.newBuilder()
                        .setRejectedLogRecords(requests.size() == 1 ? 1 : 0).setErrorMessage("too old")).build().toByteArray();
            }
            exchange.sendResponseHeaders(status, answer.length == 0 ? -1 : answer.length);
            exchange.getResponseBody().write(answer);
            exchange.close();
        });
        server.start();
        journal.append(Entry.at(Level.WARN, "caf\u00e9").time(1_700_000_000_123_456_789L).bundle("b").subsystem("s").thread("t").logger("l")
                .trace("0af7651916cd43dd8448eb211c80319c").exception("E\n  at x").with("unit", "u").with("pid", "7").build());
        journal.append(Entry.at(Level.TRACE, "").trace("odd").logger("m").build());
        try (Shipping shipping = ship("otlp+http://127.0.0.1:" + server.getAddress().getPort() + "/v1/logs", "")) {
            journal.await("message~\"takes records again\"", 1);
            assertEquals(1, shipping.state().refused());
            assertEquals(1, shipping.state().sent());
        } finally {
            server.stop(0);
        }
        ResourceLogs logs = requests.getFirst().getResourceLogs(0);
        assertEquals("host.name=box service.name=cloudos", String.join(" ", logs.getResource().getAttributesList().stream()
                .map(a -> a.getKey() + "=" + a.getValue().getStringValue()).sorted().toList()));
        assertEquals(List.of("l", "m"), logs.getScopeLogsList().stream().map(s -> s.getScope().getName()).toList());
        LogRecord r = logs.getScopeLogs(0).getLogRecords(0);
        assertEquals(1_700_000_000_123_456_789L, r.getTimeUnixNano());
        assertEquals(13, r.getSeverityNumberValue());
        assertEquals("WARN", r.getSeverityText());
        assertEquals("caf\u00e9", r.getBody().getStringValue());
        assertEquals(16, r.getTraceId().size());
        assertEquals(List.of("cloudos.bundle=b", "cloudos.subsystem=s", "thread.name=t", "exception.stacktrace=E\n  at x", "cloudos.seq=", "unit=u",
                "process.pid=7"), r.getAttributesList().stream().map(a -> a.getKey() + "=" + a.getValue().getStringValue()).toList());
        assertEquals(1, r.getAttributes(4).getValue().getIntValue());
        assertEquals(1, logs.getScopeLogs(1).getLogRecords(0).getSeverityNumberValue());
    }

    @Test void jsonLinesInFilesThatRotate() throws Exception {
        Path file = dir.resolve("out/log.jsonl");
        FileSender sender = new FileSender(file, 1000, 2);
        for (int i = 0; i < 20; i++) {
            sender.send(List.of(Entry.at(Level.INFO, "m" + i + "\n").build(), Entry.at(Level.INFO, "x".repeat(200)).build()));
        }
        List<String> lines = Files.readAllLines(file);
        assertTrue(lines.stream().allMatch(l -> l.startsWith("{\"seq\":0,\"time\":\"") && l.endsWith("}")));
        assertTrue(lines.get(lines.size() - 2).contains("\"message\":\"m19\\n\""));
        assertTrue(Files.size(dir.resolve("out/log.jsonl.1")) < 2000);
        assertFalse(Files.exists(dir.resolve("out/log.jsonl.2")));
    }

    @Test void wrongSettingsAreTold() {
        for (String[] c : new String[][] {{"http://x", "expected syslog+udp"}, {"syslog+tcp:x", "expected a host"}, {"a b", "expected syslog+udp"},
            {"otlp+http:///v1", "expected a host"}}) {
            IOException e = assertThrows(IOException.class, () -> Target.sender(new Settings(c[0], "", "")), c[0]);
            assertTrue(e.getMessage().contains(c[1]), e.getMessage());
        }
        assertTrue(assertThrows(IOException.class, () -> new SyslogReceiver(URI.create("tls://127.0.0.1:0"), journal, NO_TLS, false)).getMessage()
                .contains("certificate"));
    }

    @Test void hostileStreams() throws Exception {
        try (SyslogReceiver receiver = new SyslogReceiver(new URI("tcp://127.0.0.1:0"), journal, NO_TLS, false)) {
            for (String bytes : List.of("99999999999999 x", "5x", "17 <13>1 - - - - - -", "<13>line one\n<13>line two\r\n\n",
                    "200000 " + "y".repeat(200_000))) {
                try (Socket socket = new Socket("127.0.0.1", receiver.port())) {
                    socket.getOutputStream().write(bytes.getBytes(StandardCharsets.UTF_8));
                }
            }
            journal.await("message=\"line one\"", 1);
            journal.await("message=\"line two\"", 1);
            journal.await("message~yyyy", 1);
            journal.await("level=warn message~\"expected a message's length\"", 1);
            assertEquals(SyslogReceiver.MAX_MESSAGE, journal.await("message~yyyy", 1).getFirst().length());
        }
    }
}
