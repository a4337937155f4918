package org.cloudos.journal.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ConnectException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.PortUnreachableException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.config.Constraint;
import org.junit.jupiter.api.Test;

class ShipSettingsTest {
    private record Proposed(Map<String, Object> values) implements Constraint.Proposal {
        @Override public Optional<Object> value(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    private static void takes(String key, Object value) {
        assertEquals(List.of(), new ShipSettings().check(new Proposed(Map.of(key, value))), key + ": " + value);
    }

    private static void refuses(String key, Object value, String message) {
        assertEquals(List.of(new Constraint.Violation(List.of(key), message)), new ShipSettings().check(new Proposed(Map.of(key, value))));
    }

    @Test void targets() {
        for (String url : List.of("syslog+udp://a", "syslog+tcp://a:601", "syslog+tls://[::1]:6514", "otlp+http://a:4318/v1/logs", "otlp+https://a",
                "file:/var/log/x.json", "${env:COLLECTOR}")) {
            takes("journal.ship~x.url", url);
        }
        refuses("journal.ship~x.url", "gopher://x", "expected syslog+udp, syslog+tcp, syslog+tls, otlp+http, otlp+https, file, found gopher");
        refuses("journal.ship~x.url", "otlp+http:///v1", "expected a host in otlp+http:///v1");
        refuses("journal.ship~x.url", "otlp+http://h:4318x", "expected a host in otlp+http://h:4318x");
        refuses("journal.ship~x.url", "file:x", "expected a path in file:x");
        takes("journal.ship~x.query", "level>=warn");
        takes("journal.ship~x.query", "");
        refuses("journal.ship~x.query", "level>=loud", "column 8: expected a level (trace, debug, info, warn, error), found loud");
        takes("journal.ship~x.facility", "local0");
        takes("journal.ship~x.headers", List.of("a=b"));
        refuses("journal.ship~x.headers", List.of("a=b", "c"), "expected NAME=VALUE, found c");
        takes("journal.ship~x.megabytes", 16);
    }

    @Test void anAddressAloneIsTheCollectors() {
        assertEquals("http://c:4318/v1/logs", Target.otlp("http://c:4318").toString());
        assertEquals("http://c:4318/v1/logs", Target.otlp("http://c:4318/").toString());
        assertEquals("https://c/other/logs", Target.otlp("https://c/other/logs").toString());
    }

    @Test void ports() {
        takes("journal.receive~x.url", "udp://0.0.0.0:514");
        refuses("journal.receive~x.url", "tls://[::]", "tls needs a certificate and its key");
        assertEquals(List.of(), new ShipSettings().check(new Proposed(Map.of("journal.receive~x.url", "tls://[::]", "journal.receive~x.certificate",
                "/c.pem", "journal.receive~x.key", "/k.pem"))));
        refuses("journal.receive~x.url", "udp://0.0.0.0:99999", "expected a port from 0 to 65535, found 99999");
        refuses("journal.ship~x.url", "syslog+udp://a:70000", "expected a port from 0 to 65535, found 70000");
        refuses("journal.receive~x.url", "gopher://x", "expected udp://ADDRESS:PORT, tcp://ADDRESS:PORT or tls://ADDRESS:PORT, found gopher://x");
        takes("journal.receive~x.ca", "/nowhere.pem");
        takes("metrics.url", "gopher://x");
    }

    @Test void datagramsThatTheKernelDroppedAreKnown() throws Exception {
        String line = " 1234: 0100007F:158A 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 44213 2 0000000000000000 12316 ";
        assertEquals(12_316, DatagramLoss.drops(line, 5514));
        assertEquals(0, DatagramLoss.drops(line, 5515));
        String head = "   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops";
        assertEquals(0, DatagramLoss.drops(head, 0));
        try (DatagramSocket full = new DatagramSocket(0, InetAddress.getLoopbackAddress()); DatagramSocket sender = new DatagramSocket()) {
            byte[] bytes = new byte[1000];
            for (int i = 0; i < 10_000 && DatagramLoss.of(full.getLocalPort()) == 0; i++) { // nobody reads: its buffer fills
                sender.send(new DatagramPacket(bytes, bytes.length, full.getLocalSocketAddress()));
            }
            assertTrue(DatagramLoss.of(full.getLocalPort()) > 0);
        }
    }

    @Test void troubleIsToldInWords() {
        IOException unknown = new ConnectException();
        unknown.initCause(new ConnectException().initCause(new UnresolvedAddressException()));
        assertEquals("its host is not known", Shipping.reason(unknown));
        assertEquals("no connection to its host and port", Shipping.reason(new ConnectException()));
        assertEquals("Connection refused", Shipping.reason(new ConnectException("Connection refused")));
        assertEquals("nobody listens at its port", Shipping.reason(new PortUnreachableException()));
        assertEquals("odd", Shipping.reason(new IOException("odd")));
    }
}
