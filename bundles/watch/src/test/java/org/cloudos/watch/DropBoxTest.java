package org.cloudos.watch;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DropBoxTest {
    @TempDir Path dir;
    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final DropBox box = new DropBox(new Recorded(), Duration.ofMillis(100));
    private final Thread thread = Thread.ofVirtual().unstarted(box);

    @AfterEach void stop() throws InterruptedException {
        thread.interrupt();
        thread.join();
    }

    @Test void jarsThatComeTogetherAreOneChange() throws Exception {
        box.install(jar("a"));
        box.install(jar("b"));
        assertEquals("deploy [a.jar, b.jar]", next());
        assertEquals("info deployed a.jar, b.jar", next());
    }

    @Test void aRefusalIsLoggedWithItsReason() throws Exception {
        box.install(jar("refused"));
        assertEquals("deploy [refused.jar]", next());
        assertEquals("error refused.jar is not deployed: lacks x", next());
    }

    @Test void whatIsNoBundleIsToldAndLeavesTheOthers() throws Exception {
        File text = Files.writeString(dir.resolve("text.jar"), "no zip").toFile();
        box.install(text);
        box.install(jar("a"));
        assertTrue(next().startsWith("error " + text + " is not deployed: "));
        assertEquals("deploy [a.jar]", next());
    }

    @Test void nothingIsTakenBackThatWasNotDeployed() throws Exception {
        box.uninstall(new File("gone.jar"));
        box.install(jar("a"));
        assertEquals("deploy [a.jar]", next());
    }

    @Test void onlyJars() {
        assertTrue(box.canHandle(new File("a.jar")));
        assertTrue(!box.canHandle(new File("a.cfg")));
    }

    private String next() throws InterruptedException {
        if (thread.getState() == Thread.State.NEW) { // not before: what a test puts in comes together, however slow the machine is
            thread.start();
        }
        return events.poll(60, TimeUnit.SECONDS);
    }

    private File jar(String name) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
        manifest.getMainAttributes().putValue("Bundle-SymbolicName", name + ";singleton:=true");
        Path file = dir.resolve(name + ".jar");
        new JarOutputStream(Files.newOutputStream(file), manifest).close();
        return file.toFile();
    }

    private final class Recorded implements DropBox.Surroundings, Deployment {
        @Override public Deployment deployment() {
            return this;
        }

        @Override public Optional<BundleStore> store() {
            return Optional.empty();
        }

        @Override public void info(String message) {
            events.add("info " + message);
        }

        @Override public void error(String message) {
            events.add("error " + message);
        }

        @Override public Change deploy(List<Jar> jars, Options options, Consumer<String> progress) throws DeploymentException {
            events.add("deploy " + jars.stream().map(Jar::name).toList());
            if (jars.getFirst().name().startsWith("refused")) {
                throw new DeploymentException.Unresolvable("lacks x");
            }
            return change();
        }

        @Override public Change rollback(String symbolicName, Options options, Consumer<String> progress) {
            events.add("rollback " + symbolicName);
            return change();
        }

        private Change change() {
            return new Change(1, Instant.EPOCH, "deploy", List.of(), Change.Outcome.COMMITTED, "", Duration.ZERO, 0, 0, List.of());
        }

        @Override public List<Change> history() {
            return List.of();
        }
    }
}
