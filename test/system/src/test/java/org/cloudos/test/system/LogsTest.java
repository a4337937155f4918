package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** The journal of a hosted server as others see it: logger(1) writes into it by syslog, curl(1) follows it. */
@Timeout(1800)
class LogsTest {
    private static final String TOKEN = "Authorization: Bearer a-token";

    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;
    private final int http = Machine.freePort();
    private final int tls = Machine.freePort();
    private final int udp = Machine.freePort();
    private final int tcp = Machine.freePort();
    private final List<Process> streams = new ArrayList<>();

    @Test
    void followedOverHttp() throws Exception {
        Path token = Files.writeString(home.resolve("token"), "a-token\n");
        Path settings = Files.createDirectories(home.resolve("data/config/conf.d")).resolve("logs.yaml");
        Files.writeString(settings, "http.port: " + http + "\nweb.port: " + tls + "\njournal.http: {token.file: " + token + ", streams: 3}\n"
                + "journal.receive~udp.url: udp://127.0.0.1:" + udp + "\njournal.receive~tcp.url: tcp://127.0.0.1:" + tcp + "\n");
        try (Machine machine = Machine.hosted(home, "server")) {
            Path plain = follow("plain", "-H", TOKEN, address("stream?q=host%3D*"));
            Path login = follow("login", "-k", "-u", "admin:" + await(home.resolve("data/web/password"), "\n").strip(),
                    "https://127.0.0.1:" + tls + "/logs/stream?q=host%3D*");
            await(plain, "retry:");
            await(login, "retry:");
            bySyslog(plain, login);
            harmlessOnTerminals(machine);
            refuses();
            aSwapTouchesNothingElse(machine, plain);
            resumes(plain);
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        } finally {
            streams.forEach(Process::destroyForcibly);
        }
    }

    private String address(String what) {
        return "http://127.0.0.1:" + http + "/logs" + (what.startsWith("?") ? what : "/" + what);
    }

    private Path follow(String name, String... arguments) throws IOException, InterruptedException {
        Path to = home.resolve(name + ".events");
        // It may not listen yet, or have no such page yet, when the system is ready.
        List<String> look = new ArrayList<>(List.of("-o", "/dev/null", "-w", "%{http_code}"));
        look.addAll(List.of(arguments));
        look.set(look.size() - 1, arguments[arguments.length - 1].replaceFirst("/stream.*", "?last=0"));
        Instant limit = Instant.now().plus(Limits.COMMAND);
        for (Command found = curl(look.toArray(String[]::new)); !found.out().equals("200"); found = curl(look.toArray(String[]::new))) {
            assertTrue(Instant.now().isBefore(limit), found.toString());
            Thread.sleep(200);
        }
        List<String> line = new ArrayList<>(List.of("curl", "-sN"));
        line.addAll(List.of(arguments));
        streams.add(new ProcessBuilder(line).redirectOutput(to.toFile()).redirectErrorStream(true).start());
        return to;
    }

    private Command curl(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("curl", "-s", "--max-time", "60"));
        line.addAll(List.of(arguments));
        return Command.run(home, Limits.COMMAND, line);
    }

    private static String await(Path file, String text) throws IOException, InterruptedException {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        String found = found(file);
        for (; !found.contains(text); found = found(file)) {
            assertTrue(Instant.now().isBefore(limit), text + " did not come:\n" + found);
            Thread.sleep(50);
        }
        return found;
    }

    /** It may not be there yet, and its last character may be half there. */
    private static String found(Path file) throws IOException {
        return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
    }

    private void logger(String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of("logger", "--rfc5424", "-n", "127.0.0.1", "-t", "tester"));
        line.addAll(List.of(arguments));
        Command.run(home, Limits.COMMAND, line).expect(0);
    }

    private void bySyslog(Path plain, Path login) throws Exception {
        logger("-d", "-P", Integer.toString(udp), "-p", "user.err", "by datagram");
        await(plain, "by datagram"); // the order of two that come by different ways is nobody's promise
        logger("-T", "--octet-count", "-P", Integer.toString(tcp), "-p", "user.warning", "by stream\u001b[2J\u001b]0;forged\u0007\u202e end");
        for (Path stream : List.of(plain, login)) {
            await(stream, "by datagram");
            String text = await(stream, "by stream");
            assertTrue(text.contains("by stream\\u001b[2J\\u001b]0;forged\\u0007\\u202e end"), text);
        }
    }

    private static void harmlessOnTerminals(Machine machine) throws Exception {
        for (String command : List.of("log:tail -n 50", "log:tail -n 50 --json", "log:query 'message~forged'", "log:query --full 'message~forged'",
                "log:query --json message~forged")) {
            String out = machine.ssh(command).expect(0).out();
            assertTrue(out.contains("forged"), command + ": " + out);
            assertFalse(out.contains("\u001b") || out.contains("\u0007") || out.contains("\u202e"), command + ": " + out);
        }
    }

    private void refuses() throws Exception {
        assertTrue(curl("-i", address("?last=1")).out().startsWith("HTTP/1.1 401 "), "nobody without a token");
        assertTrue(curl("-i", "-H", "Authorization: Bearer another", address("?last=1")).out().startsWith("HTTP/1.1 401 "));
        Command wrong = curl("-i", "-H", TOKEN, address("stream?q=level%3Dloud"));
        assertTrue(wrong.out().startsWith("HTTP/1.1 400 ") && wrong.out().contains("column 7: expected a level"), wrong.toString());
        Path third = follow("third", "-H", TOKEN, address("stream"));
        await(third, "retry:");
        assertTrue(curl("-i", "-H", TOKEN, address("stream")).out().startsWith("HTTP/1.1 503 "), "one client too many");
        streams.getLast().destroy();
        assertTrue(streams.getLast().waitFor(60, TimeUnit.SECONDS));
        assertEquals(1, curl("-H", TOKEN, address("?q=message~datagram&last=5")).out().lines().count());
    }

    private void aSwapTouchesNothingElse(Machine machine, Path plain) throws Exception {
        Path jar = Command.ROOT.resolve("bundles/journal.logback/target/journal.logback-0.1.0.jar");
        String told = machine.deploy(jar).expect(0).all();
        assertFalse(told.contains("restarted"), told);
        logger("-d", "-P", Integer.toString(udp), "after the swap");
        await(plain, "after the swap"); // the same connection
        assertTrue(streams.getFirst().isAlive());
    }

    private void resumes(Path plain) throws Exception {
        String text = Files.readString(plain);
        String before = text.substring(0, text.indexOf("by stream"));
        String id = before.substring(before.lastIndexOf("id:") + 3, before.indexOf('\n', before.lastIndexOf("id:")));
        streams.forEach(Process::destroyForcibly);
        Path again = follow("again", "--retry", "200", "--retry-delay", "1", "-H", TOKEN, "-H", "Last-Event-ID: " + (Long.parseLong(id) - 1),
                address("stream?q=host%3D*"));
        String events = await(again, "after the swap");
        assertFalse(events.contains("by datagram"), events);
        assertTrue(events.indexOf("by stream") < events.indexOf("after the swap"), events);
    }
}
