package org.cloudos.ssh;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeployProtocolTest {
    private static final Change CHANGE = new Change(7, Instant.EPOCH, "deploy", List.of(new Change.Step("app", "", "1.0.0", "00")),
            Change.Outcome.COMMITTED, "", Duration.ofMillis(12), 3, 0, List.of());
    private static final byte[] JAR = "the jar's bytes".getBytes(StandardCharsets.UTF_8);

    @TempDir
    private Path folder;
    private List<byte[]> deployed = List.of();
    private Deployment.Options options;
    private DeploymentException fails;

    private final class Recording implements Deployment {
        @Override
        public Change deploy(List<Jar> jars, Options how, Consumer<String> progress) throws DeploymentException {
            progress.accept("resolving");
            options = how;
            deployed = jars.stream().map(jar -> bytes(jar.file())).toList();
            if (fails != null) {
                throw fails;
            }
            return CHANGE;
        }

        @Override
        public Change rollback(String symbolicName, Options how, Consumer<String> progress) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<Change> history() {
            return List.of();
        }
    }

    private static byte[] bytes(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void jarsArriveWholeAndTheChangeIsTold() throws Exception {
        Answer answer = serve(header("a.jar", JAR.length, digest(JAR), ",\"trialMs\":100"), JAR);
        assertEquals(0, answer.status());
        assertEquals("the jar's bytes", new String(deployed.getFirst(), StandardCharsets.UTF_8));
        assertEquals(new Deployment.Options(Duration.ofMillis(100), Duration.ofSeconds(5)), options);
        assertEquals(true, answer.result().get("ok"));
        Map<?, ?> change = (Map<?, ?>) answer.result().get("change");
        assertEquals(12L, change.get("stallMs"));
        assertEquals("COMMITTED", change.get("outcome"));
        assertTrue(answer.lines().stream().anyMatch(l -> "progress".equals(l.get("event")) && "resolving".equals(l.get("message"))));
        assertNothingLeft();
    }

    @Test
    void wrongDigestChangesNothing() throws Exception {
        Answer answer = serve(header("a.jar", JAR.length, "0".repeat(64), ""), JAR);
        assertEquals(1, answer.status());
        assertEquals("bad_jar", answer.result().get("error"));
        assertTrue(deployed.isEmpty());
        assertNothingLeft();
    }

    /** Cut at every byte: nothing is deployed, nothing is left. */
    @Test
    void brokenConnectionLeavesNothing() throws Exception {
        byte[] all = request(header("a.jar", JAR.length, digest(JAR), ""), JAR);
        int head = all.length - JAR.length;
        for (int cut = 0; cut < all.length; cut++) {
            InputStream in = new ByteArrayInputStream(all, 0, cut);
            DeployProtocol protocol = new DeployProtocol(Optional.of(new Recording()), folder);
            ByteArrayOutputStream out = new ByteArrayOutputStream();
            if (cut < head) {
                assertEquals(2, protocol.serve(in, out));
            } else {
                assertThrows(EOFException.class, () -> protocol.serve(in, out));
            }
            assertTrue(deployed.isEmpty());
            assertNothingLeft();
        }
    }

    @Test
    void takenBackTellsItsCost() throws Exception {
        fails = new DeploymentException.TakenBack("unhealthy", null, CHANGE);
        Answer answer = serve(header("a.jar", JAR.length, digest(JAR), ""), JAR);
        assertEquals("taken_back", answer.result().get("error"));
        assertEquals(7L, ((Map<?, ?>) answer.result().get("change")).get("number"));
        assertNothingLeft();
    }

    @Test
    void withoutDeploymentItSaysSo() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = new DeployProtocol(Optional.empty(), folder)
                .serve(new ByteArrayInputStream(request(header("a.jar", 1, "0".repeat(64), ""), new byte[1])), out);
        assertEquals(1, status);
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("not_available"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "x", "[]", "{}", "{\"protocol\":2,\"jars\":[]}", "{\"protocol\":1}", "{\"protocol\":1,\"jars\":[]}",
        "{\"protocol\":1,\"jars\":[1]}", "{\"protocol\":1,\"jars\":[{\"name\":\"a\",\"size\":0,\"sha256\":\"0\"}]}",
        "{\"protocol\":1,\"jars\":[{\"name\":\"a\",\"size\":1,\"sha256\":\"0\"}]}",
        "{\"protocol\":1,\"jars\":[{\"name\":\"a\\n\",\"size\":1,\"sha256\":\"0\"}]}",
        "{\"protocol\":1,\"jars\":[{\"name\":\"a\",\"size\":1e3,\"sha256\":\"0\"}]}",
        "{\"protocol\":1,\"jars\":[{\"name\":\"a\",\"size\":268435457,\"sha256\":\"0\"}]}"})
    void headersOutsideTheLimitsAreRefused(String header) {
        assertThrows(DeployRequest.Bad.class, () -> DeployRequest.parse(header));
    }

    @Test
    void limitsOfTheWholeRequest() {
        String jar = "{\"name\":\"a\",\"size\":268435456,\"sha256\":\"" + "0".repeat(64) + "\"}";
        String three = "{\"protocol\":1,\"jars\":[" + String.join(",", jar, jar, jar) + "]}";
        assertTrue(assertThrows(DeployRequest.Bad.class, () -> DeployRequest.parse(three)).getMessage().contains("in all"));
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        assertThrows(DeployRequest.Bad.class, () -> DeployRequest.read(endless));
        String trial = "{\"protocol\":1,\"trialMs\":600001,\"jars\":[" + jar + "]}";
        assertThrows(DeployRequest.Bad.class, () -> DeployRequest.parse(trial));
    }

    private record Answer(int status, List<Map<?, ?>> lines) {
        Map<?, ?> result() {
            assertEquals(1, lines.stream().filter(l -> "result".equals(l.get("event"))).count());
            return lines.getLast();
        }
    }

    private Answer serve(String header, byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int status = new DeployProtocol(Optional.of(new Recording()), folder)
                .serve(new ByteArrayInputStream(request(header, bytes)), out);
        return new Answer(status, out.toString(StandardCharsets.UTF_8).lines().<Map<?, ?>>map(l -> (Map<?, ?>) Json.parse(l)).toList());
    }

    private static String header(String name, int size, String sha256, String more) {
        return "{\"protocol\":1,\"unknown\":true,\"jars\":[{\"name\":\"" + name + "\",\"size\":" + size + ",\"sha256\":\"" + sha256 + "\"}]"
                + more + "}";
    }

    private static byte[] request(String header, byte[] bytes) {
        byte[] line = (header + "\n").getBytes(StandardCharsets.UTF_8);
        byte[] all = java.util.Arrays.copyOf(line, line.length + bytes.length);
        System.arraycopy(bytes, 0, all, line.length, bytes.length);
        return all;
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private void assertNothingLeft() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            assertFalse(files.findAny().isPresent());
        }
    }
}
