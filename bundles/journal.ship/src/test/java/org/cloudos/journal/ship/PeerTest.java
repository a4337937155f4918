package org.cloudos.journal.ship;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** With Debian's own programs at the other end: rsyslogd, and util-linux's logger. */
class PeerTest {
    private static final Path RSYSLOG = Path.of("/usr/sbin/rsyslogd"), LOGGER = Path.of("/usr/bin/logger");
    @TempDir Path dir;
    private final Kept journal = new Kept();

    private static void needs(Path program) {
        Assumptions.assumeTrue(Files.isExecutable(program), program + " is not installed");
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0)) {
            return free.getLocalPort();
        }
    }

    private Process rsyslogd(String... lines) throws Exception {
        Path config = Files.write(dir.resolve("rsyslog.conf"), List.of(lines));
        return new ProcessBuilder(RSYSLOG.toString(), "-n", "-f", config.toString(), "-i", dir.resolve("pid").toString())
                .redirectErrorStream(true).redirectOutput(dir.resolve("rsyslog.out").toFile()).start();
    }

    @Test void rsyslogTakesWhatWeSend() throws Exception {
        needs(RSYSLOG);
        int port = freePort();
        Path out = dir.resolve("received");
        Process peer = rsyslogd("module(load=\"imtcp\") module(load=\"imudp\")", "input(type=\"imtcp\" port=\"" + port + "\" address=\"127.0.0.1\")",
                "input(type=\"imudp\" port=\"" + port + "\" address=\"127.0.0.1\")", "template(name=\"t\" type=\"string\" string=\""
                + "%syslogfacility-text%|%syslogseverity-text%|%hostname%|%app-name%|%procid%|%structured-data%|%msg%\\n\")",
                "action(type=\"omfile\" file=\"" + out + "\" template=\"t\")");
        try {
            journal.append(Entry.at(Level.WARN, "over \"tcp\"\nline two").time(1).thread("").logger("redis").with("pid", "42")
                    .with("unit", "redis.service").build());
            try (Shipping tcp = ship("syslog+tcp", port)) {
                await(out, 1);
                well(tcp);
            }
            journal.append(Entry.at(Level.ERROR, "over udp").time(1).thread("").logger("redis").build());
            try (Shipping udp = ship("syslog+udp", port)) {
                List<String> lines = await(out, 2);
                assertEquals("local0|warning|box|redis|42|[cloudos@32473 seq=\"1\" unit=\"redis.service\"]|over \"tcp\"\\nline two",
                        lines.get(0).replace("| ", "|"));
                assertEquals("local0|err|box|redis|-|[cloudos@32473 seq=\"2\"]|over udp", lines.get(1).replace("| ", "|"));
                well(udp);
            }
        } finally {
            end(peer);
        }
    }

    private Shipping ship(String scheme, int port) throws IOException {
        return new Shipping("t", journal, Query.parse("logger=redis", java.time.Instant.now()),
                SyslogSender.of(URI.create(scheme + "://127.0.0.1:" + port), new SyslogMessage("box", 16), new Tls("", "", "")), dir.resolve("cursor"),
                Duration.ofSeconds(30));
    }

    /** The peer may have a record before we know that it has: until it listened there was trouble. */
    private static void well(Shipping shipping) throws InterruptedException {
        long end = System.nanoTime() + Kept.LIMIT.toNanos();
        while (!shipping.state().trouble().isEmpty()) {
            assertTrue(System.nanoTime() < end, shipping.state().toString());
            Thread.sleep(10);
        }
    }

    private List<String> await(Path file, int lines) throws Exception {
        long end = System.nanoTime() + Kept.LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<String> found = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (found.size() >= lines) {
                return found;
            }
            Thread.sleep(10);
        }
        throw new AssertionError(Files.readString(dir.resolve("rsyslog.out")) + journal.await("", 0));
    }

    private static void end(Process process) throws InterruptedException {
        process.destroy();
        if (!process.waitFor(60, TimeUnit.SECONDS)) {
            process.destroyForcibly().waitFor();
        }
    }

    @Test void weTakeWhatRsyslogForwards() throws Exception {
        needs(RSYSLOG);
        try (SyslogReceiver tcp = new SyslogReceiver(URI.create("tcp://127.0.0.1:0"), journal, new Tls("", "", ""), false);
                SyslogReceiver udp = new SyslogReceiver(URI.create("udp://127.0.0.1:0"), journal, new Tls("", "", ""), false)) {
            int port = freePort();
            Process peer = rsyslogd("module(load=\"imtcp\")", "input(type=\"imtcp\" port=\"" + port + "\" address=\"127.0.0.1\")",
                    forward(tcp, "tcp", "RSYSLOG_SyslogProtocol23Format", "tcp_framing=\"octet-counted\""), forward(tcp, "tcp", "RSYSLOG_ForwardFormat", ""),
                    forward(udp, "udp", "RSYSLOG_TraditionalForwardFormat", ""));
            try (Shipping source = ship("syslog+tcp", port)) {
                journal.append(Entry.at(Level.WARN, "through rsyslog").thread("").logger("redis").with("pid", "42").build());
                journal.await("source=syslog message=*rsyslog", 3);
                List<Entry> got = journal.query(Query.parse("source=syslog message=*rsyslog", java.time.Instant.now()), null).toList();
                for (Entry e : got) {
                    assertEquals("redis 42 box local0 WARN", e.logger() + " " + e.values().get("pid") + " " + e.values().get("host") + " "
                            + e.values().get("facility") + " " + e.level(), e.toString());
                    assertTrue(e.message().endsWith("through rsyslog"), e.message());
                }
                well(source);
            } finally {
                end(peer);
            }
        }
    }

    /** From us over TLS, and over TLS to us. GnuTLS is the other side. */
    @Test void throughRsyslogOverTls() throws Exception {
        needs(RSYSLOG);
        Assumptions.assumeTrue(gnuTls(), "rsyslog-gnutls is not installed");
        TestKeys.make(dir, "localhost");
        String certificate = dir.resolve("cert.pem").toString(), key = dir.resolve("key.pem").toString();
        try (SyslogReceiver us = new SyslogReceiver(URI.create("tls://127.0.0.1:0"), journal, new Tls("", certificate, key), false)) {
            int port = freePort();
            Process peer = rsyslogd("global(defaultNetstreamDriverCAFile=\"" + certificate + "\" defaultNetstreamDriverCertFile=\"" + certificate
                    + "\" defaultNetstreamDriverKeyFile=\"" + key + "\")",
                    "module(load=\"imtcp\" streamDriver.name=\"gtls\" streamDriver.mode=\"1\" streamDriver.authMode=\"anon\")",
                    "input(type=\"imtcp\" port=\"" + port + "\" address=\"127.0.0.1\")", forward(us, "tcp", "RSYSLOG_SyslogProtocol23Format",
                    "tcp_framing=\"octet-counted\" streamDriver=\"gtls\" streamDriverMode=\"1\" streamDriverAuthMode=\"x509/name\""
                    + " streamDriverPermittedPeers=\"localhost\""));
            journal.append(Entry.at(Level.WARN, "through rsyslog").thread("").logger("redis").with("pid", "42").build());
            try (Shipping source = new Shipping("t", journal, Query.parse("logger=redis not source=syslog", java.time.Instant.now()), SyslogSender.of(
                    URI.create("syslog+tls://localhost:" + port), new SyslogMessage("box", 16), new Tls(certificate, "", "")), dir.resolve("cursor"),
                    Duration.ofSeconds(30))) {
                journal.await("source=syslog message=*rsyslog logger=redis pid=42 host=box facility=local0 level=warn", 1);
                well(source);
            } catch (AssertionError e) {
                throw new AssertionError(Files.readString(dir.resolve("rsyslog.out")), e);
            } finally {
                end(peer);
            }
        }
    }

    private static boolean gnuTls() throws IOException {
        try (Stream<Path> libraries = Files.find(Path.of("/usr/lib"), 3, (path, kind) -> path.endsWith("rsyslog/lmnsd_gtls.so"))) {
            return libraries.findAny().isPresent();
        }
    }

    private static String forward(SyslogReceiver to, String protocol, String template, String more) {
        return "action(type=\"omfwd\" target=\"127.0.0.1\" port=\"" + to.port()
                + "\" protocol=\"" + protocol + "\" template=\"" + template + "\" " + more + ")";
    }

    @Test void weTakeWhatLoggerSends() throws Exception {
        needs(LOGGER);
        try (SyslogReceiver tcp = new SyslogReceiver(URI.create("tcp://127.0.0.1:0"), journal, new Tls("", "", ""), false);
                SyslogReceiver udp = new SyslogReceiver(URI.create("udp://127.0.0.1:0"), journal, new Tls("", "", ""), false)) {
            int n = 0;
            for (List<String> options : List.of(List.of("-T", "--rfc5424"), List.of("-T", "--octet-count", "--rfc5424"), List.of("-T", "--rfc3164"),
                    List.of("-d", "--rfc5424"), List.of("-d", "--rfc3164"))) {
                String message = "number " + ++n;
                List<String> command = new java.util.ArrayList<>(List.of(LOGGER.toString(), "-n", "127.0.0.1", "-P",
                        Integer.toString(options.getFirst().equals("-T") ? tcp.port() : udp.port()), "-t", "tester", "-p", "mail.warning", "--id=77"));
                command.addAll(options);
                command.add(message);
                assertEquals(0, new ProcessBuilder(command).inheritIO().start().waitFor());
                journal.await("message=\"" + message + "\" logger=tester pid=77 facility=mail level=warn", 1);
            }
        }
    }
}
