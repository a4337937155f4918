package org.cloudos.test.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** A running system, and OpenSSH's client. */
@EnabledIf("opensshIsThere")
class SshTest {
    private static final long LIMIT_NS = TimeUnit.MINUTES.toNanos(5);
    @TempDir
    private static Path folder;
    private static Process system;
    private static int port;

    static boolean opensshIsThere() {
        return Files.isExecutable(Path.of("/usr/bin/ssh")) && Files.isExecutable(Path.of("/usr/bin/ssh-keygen"));
    }

    @BeforeAll
    static void start() throws Exception {
        port = freePort();
        Home home = new Home(folder.resolve("home"), "cloudos.ssh.port=" + port + "\n");
        system = new ProcessBuilder(home.command(folder.resolve("data"))).directory(home.folder().toFile())
                .redirectErrorStream(true).redirectOutput(folder.resolve("console").toFile()).start();
        key("good");
        key("stranger");
        Path log = folder.resolve("data/log/cloudos.log");
        await(() -> Files.exists(log) && Files.readString(log).contains("SSH is closed: no key"), "the closed door in the log");
        assertFalse(listens(), "no key, no door");
        Path keys = Files.createDirectories(folder.resolve("data/ssh")).resolve("authorized_keys");
        Files.writeString(keys, Files.readString(folder.resolve("good.pub")));
        await(SshTest::listens, "the port, once there is a key");
    }

    @AfterAll
    static void stop() throws Exception {
        if (system != null) {
            system.destroy();
            if (!system.waitFor(60, TimeUnit.SECONDS)) {
                system.destroyForcibly();
            }
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private interface Condition {
        boolean holds() throws Exception;
    }

    private static void await(Condition condition, String what) throws Exception {
        long end = System.nanoTime() + LIMIT_NS;
        while (!condition.holds()) {
            assertTrue(System.nanoTime() < end, "waited for " + what + "\n"
                    + new String(Files.readAllBytes(folder.resolve("console")), StandardCharsets.UTF_8));
            Thread.sleep(50);
        }
    }

    private static void key(String name) throws Exception {
        Run.of(folder, List.of("/usr/bin/ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", name), new byte[0]);
    }

    private static Run ssh(String key, byte[] input, String... more) throws Exception {
        List<String> command = new ArrayList<>(List.of("/usr/bin/ssh", "-F", "/dev/null", "-p", Integer.toString(port), "-i",
                folder.resolve(key).toString(), "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=accept-new",
                "-o", "LogLevel=ERROR", "-o", "UserKnownHostsFile=" + folder.resolve("known_hosts")));
        command.addAll(List.of(more));
        return Run.of(folder, command, input);
    }

    @Test
    void commandsWithTheirStatus() throws Exception {
        Run good = ssh("good", new byte[0], "me@127.0.0.1", "os:status");
        assertEquals(0, good.status(), good.toString());
        assertTrue(good.out().contains("127.0.0.1:" + port), good.toString());
        Run bad = ssh("good", new byte[0], "me@127.0.0.1", "os:statsu");
        assertEquals(1, bad.status(), bad.toString());
        assertTrue(bad.err().contains("Did you mean os:status?"), bad.toString());
        Run script = ssh("good", "echo one\necho two\n".getBytes(StandardCharsets.UTF_8), "-T", "me@127.0.0.1");
        assertEquals("one\ntwo\n", script.out(), script.toString());
    }

    @Test
    void strangersStayOutside() throws Exception {
        for (Run run : List.of(ssh("stranger", new byte[0], "me@127.0.0.1", "os:status"),
                ssh("good", new byte[0], "-o", "PubkeyAuthentication=no", "me@127.0.0.1", "os:status"))) {
            assertEquals(255, run.status(), run.toString());
            assertTrue(run.err().contains("Permission denied (publickey)"), run.toString());
        }
        Run forward = ssh("good", new byte[0], "-W", "127.0.0.1:22", "me@127.0.0.1");
        assertEquals(255, forward.status(), forward.toString());
    }

    @Test
    void aTerminal() throws Exception {
        Run run = ssh("good", "os:subsystems\nexit\n".getBytes(StandardCharsets.UTF_8), "-tt", "me@127.0.0.1");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("cloudos> "), run.toString());
        assertTrue(run.out().contains("ssh") && run.out().contains("\033["), run.toString());
    }

    @Test
    void deployFromOutside() throws Exception {
        Path api = Path.of(CommandsTest.jar("greeter.api"));
        Run run = ssh("good", request(api), "-s", "me@127.0.0.1", "deploy");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().lines().reduce((a, b) -> b).orElse("").startsWith("{\"event\":\"result\",\"ok\":true"), run.toString());
        Run bad = ssh("good", "{\"protocol\":9}\n".getBytes(StandardCharsets.UTF_8), "-s", "me@127.0.0.1", "deploy");
        assertEquals(2, bad.status(), bad.toString());
        byte[] cut = request(api);
        ssh("good", java.util.Arrays.copyOf(cut, cut.length - 1), "-s", "me@127.0.0.1", "deploy");
        await(() -> noLeftovers(), "the rest of a broken deployment to go");
    }

    private static boolean noLeftovers() throws IOException {
        try (var files = Files.list(folder.resolve("data/ssh"))) {
            return files.noneMatch(f -> f.getFileName().toString().startsWith("incoming-"));
        }
    }

    private static byte[] request(Path jar) throws Exception {
        byte[] bytes = Files.readAllBytes(jar);
        String digest = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        ByteArrayOutputStream request = new ByteArrayOutputStream();
        request.write(("{\"protocol\":1,\"jars\":[{\"name\":\"a.jar\",\"size\":" + bytes.length + ",\"sha256\":\"" + digest
                + "\"}],\"trialMs\":100}\n").getBytes(StandardCharsets.UTF_8));
        request.write(bytes);
        return request.toByteArray();
    }

    @Test
    void aPortInUseIsAFailureWithItsCause() throws Exception {
        Home home = new Home(folder.resolve("second"), "cloudos.ssh.port=" + port + "\n");
        Path data = folder.resolve("second-data");
        Files.copy(folder.resolve("data/ssh/authorized_keys"), Files.createDirectories(data.resolve("ssh")).resolve("authorized_keys"));
        Run run;
        int seconds = 4; // until it has tried the port
        do {
            run = Run.of(home.folder(), home.command(data, "--exec", "sleep " + seconds, "--exec", "os:subsystems", "--exec", "echo on"), new byte[0]);
            seconds *= 4;
        } while (!run.out().contains("FAILED") && seconds <= 64);
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("FAILED") && run.out().contains("in use"), run.toString());
        assertTrue(run.out().contains("on\n"), run.toString());
    }
}
