package org.cloudos.kernel.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.ResultLog;
import org.cloudos.kernel.Subsystem;
import org.cloudos.kernel.Subsystem.Health;
import org.cloudos.kernel.Subsystem.State;
import org.cloudos.kernel.core.bundle.Parts;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;

class SubsystemsTest {
    private static final Duration SOON = Duration.ofMinutes(2);

    @TempDir Path dir;
    private TestSystem system;

    @BeforeEach
    void start() throws Exception {
        system = new TestSystem(dir, Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        system.close();
    }

    private Subsystem find(String name) {
        return system.subsystems().find(name).orElseThrow();
    }

    private void await(String name, State state) throws InterruptedException {
        assertTrue(TestSystem.within(SOON, () -> find(name).state() == state), () -> find(name).toString());
    }

    @Test
    void statesOfABundle() throws Exception {
        Bundle bundle = system.install("disk", Parts.Good.class, null);
        assertEquals(State.STOPPED, find("disk").state());
        bundle.start();
        Subsystem disk = find("disk");
        assertEquals(List.of("disk", "1.2.3", "test.disk", State.ACTIVE, Health.OK, 0, ""), List.of(disk.name(),
                disk.version(), disk.bundle(), disk.state(), disk.health(), disk.restarts(), disk.cause()));
        assertEquals(disk, find("disk"), "since is when it began");
        assertEquals(List.of(disk), system.subsystems().list());
        assertEquals(disk, system.subsystems().ofBundle(bundle.getBundleId()).orElseThrow());
        bundle.stop();
        assertEquals(State.STOPPED, find("disk").state());
        bundle.uninstall();
        assertTrue(system.subsystems().find("disk").isEmpty());
    }

    @Test
    void aBundleThatDoesNotStartSaysWhy() throws Exception {
        Bundle bundle = system.install("disk", Parts.Bad.class, null);
        BundleException e = assertThrows(BundleException.class, bundle::start);
        system.incidents().report(bundle.getBundleId(), "bundle did not start", e);
        assertEquals(State.FAILED, find("disk").state());
        assertEquals("bundle did not start: java.lang.IllegalStateException: no disk", find("disk").cause());
    }

    @Test
    void aComponentThatWaitsSaysForWhat() throws Exception {
        system.components();
        system.install("net", null, TestSystem.component(Parts.Plain.class,
                "<reference name=\"cable\" interface=\"net.Cable\" target=\"(length=2)\"/>")).start();
        await("net", State.WAITING);
        assertEquals("component the.component waits for net.Cable with (length=2)", find("net").cause());
    }

    @Test
    void aComponentThatFailsSaysWhyAndNothingElseFails() throws Exception {
        system.components();
        system.install("calm", null, TestSystem.component(Parts.Plain.class, "")).start();
        system.install("deep", null, TestSystem.component(Parts.Overflowing.class, "")).start();
        await("deep", State.FAILED);
        assertTrue(find("deep").cause().startsWith("component the.component failed: java.lang.StackOverflowError"),
                find("deep").cause());
        assertEquals(State.ACTIVE, find("calm").state());
    }

    @Test
    void aFailedComponentIsRestartedWhereItAsksForIt() throws Exception {
        system.components();
        system.install("flaky;restart=backoff", null, TestSystem.component(Parts.Flaky.class, "")).start();
        assertTrue(TestSystem.within(SOON, () -> find("flaky").restarts() > 0), () -> find("flaky").toString());
        await("flaky", State.ACTIVE);
    }

    @Test
    void anUncaughtErrorRestartsOnlyWhereAskedFor() throws Exception {
        Bundle plain = system.install("plain", Parts.Good.class, null);
        Bundle eager = system.install("eager;restart=backoff", Parts.Good.class, null);
        plain.start();
        eager.start();
        system.incidents().report(plain.getBundleId(), "Uncaught in thread t", new OutOfMemoryError("all gone"));
        system.incidents().report(eager.getBundleId(), "Uncaught in thread t", new IllegalStateException("died"));
        // It waits a second only: on a slow machine nobody may see it.
        assertTrue(TestSystem.within(SOON, () -> {
            Subsystem now = find("eager");
            return now.restarts() == 1
                    || now.state() == State.BACKOFF && now.cause().equals("Uncaught in thread t: java.lang.IllegalStateException: died");
        }), () -> find("eager").toString());
        assertTrue(TestSystem.within(SOON, () -> find("eager").restarts() == 1 && find("eager").state() == State.ACTIVE),
                () -> find("eager").toString());
        assertEquals(State.ACTIVE, find("plain").state());
        assertEquals(Health.WARN, find("plain").health());
        assertEquals("Uncaught in thread t: java.lang.OutOfMemoryError: all gone", find("plain").cause());
    }

    @Test
    void healthIsTheWorstResult() throws Exception {
        Bundle bundle = system.install("disk", Parts.Good.class, null);
        bundle.start();
        bundle.getBundleContext().registerService(HealthCheck.class, () -> new Result(Result.Status.OK, "fine"), null);
        bundle.getBundleContext().registerService(HealthCheck.class, SubsystemsTest::warning, null);
        assertEquals(Health.WARN, find("disk").health());
        assertEquals("health check: nearly full", find("disk").cause());
    }

    private static Result warning() {
        ResultLog log = new ResultLog();
        log.add(new ResultLog.Entry(Result.Status.WARN, "nearly full"));
        return new Result(log);
    }

    @Test
    void aHealthCheckThatHangsOrThrowsIsCritical() throws Exception {
        Bundle hanging = system.install("hanging", Parts.Good.class, null);
        Bundle throwing = system.install("throwing", Parts.Good.class, null);
        hanging.start();
        throwing.start();
        hanging.getBundleContext().registerService(HealthCheck.class, () -> {
            try {
                Thread.sleep(60_000);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return new Result(Result.Status.OK, "late");
        }, null);
        throwing.getBundleContext().registerService(HealthCheck.class, () -> {
            throw new StackOverflowError();
        }, null);
        assertEquals("a health check did not answer within 2000 ms", find("hanging").cause());
        assertEquals(Health.CRITICAL, find("hanging").health());
        assertEquals(Health.CRITICAL, find("throwing").health());
    }

    @Test
    void backOffDoublesUpToAMinuteAndBeginsAnew() {
        SubsystemRegistry.Memory memory = new SubsystemRegistry.Memory();
        java.time.Instant now = java.time.Instant.now();
        memory.started = now;
        List<Long> seconds = new java.util.ArrayList<>();
        for (int i = 0; i < 8; i++) {
            seconds.add(Supervisor.delay(memory, now).toSeconds());
        }
        assertEquals(List.of(1L, 2L, 4L, 8L, 16L, 32L, 60L, 60L), seconds);
        assertEquals(1, Supervisor.delay(memory, now.plusSeconds(71)).toSeconds());
    }

    @Test
    void incidentsAreBounded() {
        for (int i = 0; i < 1000; i++) {
            system.incidents().report(0, "number " + i, null);
        }
        assertEquals(256, system.incidents().list().size());
        assertEquals("number 999", system.incidents().list().get(255).message());
        assertEquals("org.apache.felix.framework", system.incidents().list().get(0).bundle());
    }
}
