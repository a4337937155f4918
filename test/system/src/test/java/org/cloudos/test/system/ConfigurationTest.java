package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/** Somebody administers a running server over SSH, and does it wrong. */
class ConfigurationTest {
    @TempDir(cleanup = CleanupMode.ON_SUCCESS)
    Path home;

    @Test
    void mistakesDoNoHarm() throws Exception {
        try (Machine machine = Machine.hosted(home, "server")) {
            machine.ssh("config:set ssh.idle 20").expect(0);
            refused(machine, "config:set ssh.idel 5", "ssh.idel: unknown; did you mean ssh.idle?");
            refused(machine, "config:set ssh.idle 0", "machine.yaml:2:9: ssh.idle: expected a value from 1 to 1000000, found 0");
            refused(machine, "config:set ssh.port 5", "ssh.port is set by -Dcloudos.ssh.port, which wins over machine.yaml");
            refused(machine, "config:edit", "an editor needs a terminal");
            Path file = home.resolve("data/config/conf.d/site.yaml");
            Files.writeString(file, "ssh:\n\tidle: 5\n");
            refused(machine, "config:validate", "conf.d/site.yaml:2:1: a tab; YAML is indented with blanks");
            assertEquals("20", machine.ssh("config:get ssh.idle").expect(0).out().strip());
            Files.delete(file);
            machine.ssh("config:validate").expect(0);
            whatNoBundleCouldUseIsRefused(machine);
            filesThatAreNone(machine, home.resolve("data/config/machine.yaml"));
            takesABadTrialBack(machine);
            editsOnATerminal(machine, home.resolve("screen.txt"));
            machine.ssh("os:poweroff");
            assertEquals(0, machine.awaitEnd());
        }
    }

    private static void refused(Machine machine, String command, String message) throws Exception {
        Command result = machine.ssh(command).expect(1);
        assertTrue(result.all().contains(message), result.toString());
    }

    /** Types and ranges are right: only the bundles themselves know. */
    private static void whatNoBundleCouldUseIsRefused(Machine machine) throws Exception {
        refused(machine, "config:set trace.endpoint gopher://x", "expected the collector as a URL with http or https and a host, found gopher://x");
        refused(machine, "config:set health.webhook nonsense", "expected the webhook as a URL with http or https and a host, found nonsense");
        refused(machine, "config:try health.rule~x.name=X 'health.rule~x.expression=rate(x['", "health.rule~x.expression: expected");
        refused(machine, "config:set journal.ship~x.url gopher://x", "journal.ship~x.url: expected syslog+udp");
        refused(machine, "config:set log.levels '[org.cloudos.ssh=loud]'", "expected error, warn, info, debug or trace, found loud");
        refused(machine, "config:validate /nonexistent", "/nonexistent: no such file");
        refused(machine, "config:validate /dev/zero", "/dev/zero: expected a file, found a device, pipe or socket");
    }

    /** What is in force stays, and is back in the file's place afterwards. */
    private static void filesThatAreNone(Machine machine, Path file) throws Exception {
        String good = Files.readString(file);
        Files.delete(file);
        Files.createDirectory(file);
        stays(machine, "machine.yaml: expected a file, found a folder");
        Files.delete(file);
        Files.write(file, new byte[] {'s', 's', 'h', ':', '\n', (byte) 0xff});
        stays(machine, "machine.yaml:2:1: expected UTF-8, found the byte 0xFF");
        try (RandomAccessFile big = new RandomAccessFile(file.toFile(), "rw")) {
            big.setLength(1L << 30);
        }
        stays(machine, "machine.yaml: expected at most 1048576 bytes, found 1073741824");
        Files.writeString(file, good);
        machine.ssh("config:validate").expect(0);
    }

    private static void stays(Machine machine, String message) throws Exception {
        refused(machine, "config:validate", message);
        refused(machine, "config:set ssh.idle 7", message);
        assertEquals("20", machine.ssh("config:get ssh.idle").expect(0).out().strip());
    }

    private static void editsOnATerminal(Machine machine, Path screen) throws Exception {
        machine.ssh("config:unset ssh.idle").expect(0);
        Process session = machine.terminal(screen);
        try (OutputStream keys = session.getOutputStream()) {
            type(keys, "", screen, "cloudos> ");
            type(keys, "config:edit\r", screen, "WriteOut");
            type(keys, "ssh:\r  idle: 9\r\017", screen, "File Name to Write");
            type(keys, "\r", screen, "Wrote 3 lines");
            type(keys, "\030", screen, "APPLIED");
        } finally {
            session.descendants().forEach(ProcessHandle::destroy);
            session.destroy();
        }
        assertEquals("9", machine.ssh("config:get ssh.idle").expect(0).out().strip());
    }

    private static void type(OutputStream keys, String text, Path screen, String answer) throws Exception {
        keys.write(text.getBytes(StandardCharsets.US_ASCII));
        keys.flush();
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (!new String(Files.readAllBytes(screen), StandardCharsets.UTF_8).contains(answer)) {
            assertTrue(Instant.now().isBefore(limit), "waited for " + answer + " in\n" + new String(Files.readAllBytes(screen), StandardCharsets.UTF_8));
            Thread.sleep(50);
        }
    }

    /** The change shuts the door through which it came; 192.0.2.1 is nobody's address (RFC 5737). */
    private static void takesABadTrialBack(Machine machine) throws Exception {
        machine.ssh("config:try --for 5min ssh.address=192.0.2.1"); // its own session may be cut
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (Instant.now().isBefore(limit)) {
            Command history = machine.ssh("config:history --json");
            JsonArray changes = history.status() == 0 ? JsonParser.parseString(history.out()).getAsJsonArray() : new JsonArray();
            JsonObject last = changes.isEmpty() ? new JsonObject() : changes.get(changes.size() - 1).getAsJsonObject();
            if (last.has("outcome") && last.get("outcome").getAsString().equals("TAKEN_BACK")) {
                assertTrue(last.get("reason").getAsString().startsWith("health turned bad: subsystem ssh FAILED"), last.toString());
                return;
            }
            Thread.sleep(500);
        }
        throw new AssertionError("the trial did not go back");
    }
}
