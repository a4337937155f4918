package org.cloudos.units.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Units that start others: sockets, timers, paths. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class TriggerTest {
    @TempDir Path folder;

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void aSocketStartsItsService(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups)) {
            t.write("echo.socket", "[Socket]\nListenStream=DIR/echo\n");
            t.write("echo.service", "[Service]\nExecStart=/usr/bin/perl DIR/echo.pl\n");
            Files.writeString(folder.resolve("echo.pl"), """
                    use Socket; die "pid" unless $ENV{LISTEN_PID} == $$ and $ENV{LISTEN_FDS} == 1;
                    open(my $l, "+<&=", 3) or die; accept(my $c, $l) or die; $| = 1; select($c); $| = 1;
                    print $c "hello\\n"; close $c; sleep 1000;
                    """);
            t.load();
            assertTrue(t.start("echo.socket").done(), t.world.log::toString);
            assertEquals("active/listening", t.state("echo.socket"));
            assertEquals("inactive/dead", t.state("echo"));
            assertEquals("hello\n", talk(UnixDomainSocketAddress.of(folder.resolve("echo"))));
            t.awaitState("echo", "active/running"); // it may answer before its start is told
            t.awaitState("echo.socket", "active/running");
            t.stop("echo");
            t.awaitState("echo.socket", "active/listening");
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true, false})
    void eachConnectionHasAService(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups)) {
            int port = freePort();
            t.write("one.socket", "[Socket]\nListenStream=127.0.0.1:" + port + "\nAccept=yes\n");
            t.write("one@.service", "[Service]\nStandardInput=socket\nExecStart=/bin/sh -c 'echo from $REMOTE_ADDR'\n");
            t.load();
            assertTrue(t.start("one.socket").done(), t.world.log::toString);
            for (int i = 0; i < 3; i++) {
                assertEquals("from 127.0.0.1\n", talk(new InetSocketAddress("127.0.0.1", port)));
            }
            assertEquals("3", t.properties("one.socket").get("NAccepted"));
            t.await("instances are forgotten", () -> t.ask(() -> t.engine.units().stream().filter(u -> u.id().toString().startsWith("one@")).count()) == 0);
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true})
    void aSocketThatIsTaken(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups); var taken = java.nio.channels.ServerSocketChannel.open(StandardProtocolFamily.INET)) {
            taken.bind(new InetSocketAddress("127.0.0.1", 0));
            int port = ((InetSocketAddress) taken.getLocalAddress()).getPort();
            t.write("s.socket", "[Socket]\nListenStream=127.0.0.1:" + port + "\n");
            t.write("s.service", "[Service]\nExecStart=/bin/true\n");
            t.load();
            assertEquals("failed", t.start("s.socket").result());
            assertTrue(t.world.log.stream().anyMatch(l -> l.contains("address in use")), t.world.log::toString);
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true})
    void timers(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups)) {
            t.write("tick.timer", "[Timer]\nOnActiveSec=20ms\nOnUnitInactiveSec=20ms\n");
            t.write("tick.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo x >>DIR/ticks'\n");
            t.write("missed.timer", "[Timer]\nOnCalendar=daily\nPersistent=yes\n");
            t.write("missed.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo x >>DIR/missed'\n");
            Path stamp = folder.resolve("ours/timers/stamp-missed.timer");
            Files.createDirectories(stamp.getParent());
            Files.createFile(stamp);
            Files.setLastModifiedTime(stamp, java.nio.file.attribute.FileTime.from(t.world.now().minus(java.time.Duration.ofDays(3))));
            t.load();
            var tick = t.start("tick.timer");
            assertTrue(tick.done(), () -> tick + " " + t.world.log + t.world.events);
            t.await("ticks", () -> lines("ticks") >= 3);
            var begun = t.start("missed.timer");
            assertTrue(begun.done(), () -> begun + " " + t.world.log + t.world.events);
            t.await("what was missed", () -> lines("missed") == 1);
            t.await("waiting", () -> t.state("missed.timer").equals("active/waiting"));
            assertTrue(t.properties("missed.timer").get("NextElapse").endsWith("T00:00:00Z"));
        }
    }

    /** Planning again, as a start of the service by hand makes it do, must not forget what the clock passed over. */
    @ParameterizedTest @ValueSource(booleans = {true})
    void theClockJumpsOverATime(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups)) {
            t.write("daily.timer", "[Timer]\nOnCalendar=daily\n");
            t.write("daily.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'echo x >>DIR/days'\n");
            t.load();
            assertTrue(t.start("daily.timer").done());
            t.world.wallOffset.addAndGet(java.time.Duration.ofDays(2).toNanos());
            assertTrue(t.start("daily.service").done());
            t.await("the day that was passed over", () -> t.properties("daily.timer").get("LastTrigger") != null); // it may be one run with the other start
            t.awaitState("daily.timer", "active/waiting");
            t.world.wallOffset.set(0);
            assertTrue(t.start("daily.service").done());
            t.awaitState("daily.timer", "active/waiting");
            t.await("a time ahead", () -> java.util.Optional.ofNullable(t.properties("daily.timer").get("NextElapse")).map(java.time.Instant::parse)
                    .filter(next -> next.isBefore(t.world.now().plus(java.time.Duration.ofDays(1)).plusSeconds(1))).isPresent());
        }
    }

    @ParameterizedTest @ValueSource(booleans = {true})
    void paths(boolean groups) throws Exception {
        try (TestUnits t = new TestUnits(folder, groups)) {
            t.write("in.path", "[Path]\nDirectoryNotEmpty=DIR/in\nMakeDirectory=yes\n");
            t.write("in.service", "[Service]\nType=oneshot\nExecStart=/bin/sh -c 'mv DIR/in/* DIR/out'\n");
            t.load();
            assertTrue(t.start("in.path").done());
            for (int i = 0; i < 2; i++) {
                Files.deleteIfExists(folder.resolve("out"));
                Files.writeString(folder.resolve("in/file"), "x");
                t.await("moved", () -> Files.exists(folder.resolve("out")));
                t.awaitState("in.path", "active/waiting");
            }
        }
    }

    private long lines(String name) {
        try {
            return Files.exists(folder.resolve(name)) ? Files.readAllLines(folder.resolve(name)).size() : 0;
        } catch (IOException e) {
            return 0;
        }
    }

    private static int freePort() throws IOException {
        try (var s = new java.net.ServerSocket(0)) {
            return s.getLocalPort();
        }
    }

    private static String talk(java.net.SocketAddress to) throws IOException {
        try (SocketChannel c = SocketChannel.open(to)) {
            ByteBuffer all = ByteBuffer.allocate(200);
            while (c.read(all) >= 0) {
                continue;
            }
            return new String(all.array(), 0, all.position(), StandardCharsets.UTF_8);
        }
    }
}
