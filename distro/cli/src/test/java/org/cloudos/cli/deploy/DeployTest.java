package org.cloudos.cli.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Failure;
import org.cloudos.cli.UserKeys;
import org.cloudos.cli.profile.Jars;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DeployTest {
    @TempDir Path dir;

    @Test void targets() {
        assertEquals(new Target("box", 2222), Target.parse("box"));
        assertEquals(new Target("box.example", 22), Target.parse("box.example:22"));
        assertEquals(new Target("fe80::1", 22), Target.parse("[fe80::1]:22"));
        assertEquals("[::1]:2222", Target.parse("[::1]").toString());
        for (String bad : List.of("", "box:", "box:0", "box:65536", "box:x", "me@box", "a b")) {
            assertThrows(Failure.class, () -> Target.parse(bad), bad);
        }
        assertTrue(Target.parse("127.0.0.1").isLoopback());
        assertFalse(Target.parse("192.0.2.1").isLoopback());
    }

    @Test void theProtocolsBytes() throws IOException {
        Package jar = Package.of(Jars.bundle(dir, "app", "1.0.0").file());
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Protocol.send(List.of(jar), 1000, 2000, out, sent -> { });
        String header = "{\"protocol\":1,\"jars\":[{\"name\":\"app-1.0.0.jar\",\"size\":" + jar.size() + ",\"sha256\":\"" + jar.sha256()
                + "\"}],\"trialMs\":1000,\"drainMs\":2000}\n";
        byte[] bytes = out.toByteArray();
        assertEquals(header, new String(bytes, 0, header.length(), StandardCharsets.UTF_8));
        assertEquals(header.length() + jar.size(), bytes.length);
    }

    @Test void theAnswer() throws IOException {
        List<String> told = new ArrayList<>();
        Protocol.Result result = Protocol.receive(stream("""
                {"event":"progress","message":"resolving"}
                {"event":"future","x":1}
                {"event":"result","ok":false,"error":"taken_back","message":"sick","change":{"number":7,\
                "bundles":[{"symbolicName":"app","from":"1.0.0","to":"1.1.0"}],"outcome":"TAKEN_BACK","stallMs":12,"later":{}}}
                """), told::add);
        assertEquals(List.of("resolving"), told);
        assertFalse(result.ok());
        assertEquals("taken_back", result.error());
        assertEquals(12, result.change().stallMs());
        assertNull(Protocol.receive(stream("{\"event\":\"result\",\"ok\":true}"), told::add).change());
    }

    @Test void anAnswerThatIsNone() {
        assertThrows(Failure.class, () -> Protocol.receive(stream("hello\n"), x -> { }));
        assertThrows(Failure.class, () -> Protocol.receive(stream("{}\n"), x -> { }));
        assertThrows(Failure.class, () -> Protocol.receive(stream("{\"event\":\"progress\",\"message\":\"x\"}\n"), x -> { }));
    }

    @Test void knownHosts() {
        KnownHosts hosts = new KnownHosts(dir.resolve("new/known_hosts"));
        Target box = Target.parse("box");
        assertEquals(KnownHosts.Known.NEVER_SEEN, hosts.check(box, "ssh-ed25519 AAAA"));
        hosts.remember(box, "ssh-ed25519 AAAA");
        hosts.remember(Target.parse("box:22"), "ssh-ed25519 BBBB");
        assertEquals(KnownHosts.Known.SAME, hosts.check(box, "ssh-ed25519 AAAA"));
        assertEquals(KnownHosts.Known.OTHER, hosts.check(box, "ssh-ed25519 BBBB"));
    }

    @Test void keysAreCheckedBeforeTheyAreUsed() throws IOException {
        UserKeys keys = new UserKeys(dir.resolve("config"));
        Path key = keys.identity();
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(key)));
        assertEquals("EdDSA", Identity.load(key, null).getPublic().getAlgorithm().replace("Ed25519", "EdDSA"));
        assertTrue(Files.readString(keys.authorizedKeys()).startsWith("ssh-ed25519 "));
        Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
        assertTrue(message(key).contains("can be read by others (rw-r--r--)"));
        assertTrue(message(dir.resolve("none")).startsWith("There is no key file"));
        Path text = Files.writeString(dir.resolve("text"), "no key");
        Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-------"));
        assertTrue(message(text).contains("is not a private key") || message(text).startsWith("Can't use the key"));
    }

    @Test void jarsAreLookedAtBeforeTheyAreSent() throws IOException {
        Path text = Files.writeString(dir.resolve("a.jar"), "no zip");
        assertTrue(assertThrows(Failure.class, () -> Package.of(text)).getMessage().contains("is not a jar, or is damaged"));
        assertEquals(Failure.USAGE, assertThrows(Failure.class, () -> Package.of(dir.resolve("b.jar"))).exitCode());
    }

    private String message(Path key) {
        return assertThrows(Failure.class, () -> Identity.load(key, null)).getMessage();
    }

    private static ByteArrayInputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }
}
