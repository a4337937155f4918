package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException.NotFound;
import org.cloudos.kernel.swap.DeploymentException.TakenBack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Swaps that go well, and those that are taken back. */
class SwapTest {
    @TempDir Path folder;
    private TestSystem system;

    @BeforeEach
    void start() throws Exception {
        system = new TestSystem(folder);
    }

    @AfterEach
    void stop() throws Exception {
        if (system != null) system.close();
    }

    @Test
    void callersSeeTheGateAndTheProviderItself() throws Exception {
        BundleContext context = system.caller.getBundleContext();
        assertEquals(1, context.getServiceReferences(Greeter.class, null).size());
        ServiceReference<Greeter> front = context.getServiceReference(Greeter.class);
        assertEquals(Boolean.TRUE, front.getProperty("cloudos.gate"));
        assertEquals("org.cloudos.greeter", front.getProperty("cloudos.gate.bundle"));
        assertEquals("org.cloudos.greeter.counting.CountingGreeter", front.getProperty("component.name"));
        BundleContext own = system.bundle("org.cloudos.greeter").getBundleContext();
        assertEquals(null, own.getServiceReference(Greeter.class).getProperty("cloudos.gate"));
        assertEquals(1, own.getServiceReferences(Greeter.class, null).size());
        assertEquals("Hello, Ann! (1)", system.greeter().greet("Ann"));
        assertEquals(system.greeter(), system.greeter());
        assertEquals(system.greeter().hashCode(), system.greeter().hashCode());
    }

    @Test
    void stateIsKeptForwardAndBack() throws Exception {
        Greeter greeter = system.greeter();
        assertEquals("Hello, Ann! (1)", greeter.greet("Ann"));
        Change change = system.deploy(ClassPath.greeter("1.1.0"));
        assertEquals(Change.Outcome.COMMITTED, change.outcome());
        assertEquals("1.0.0", change.bundles().getFirst().from());
        assertEquals("1.1.0", system.version());
        assertEquals("Good day, Ann! (2)", greeter.greet("Ann"));
        Change back = system.rollback("org.cloudos.greeter");
        assertEquals("1.0.0", back.bundles().getFirst().to());
        assertEquals("Hello, Ann! (3)", greeter.greet("Ann"));
        assertTrue(system.store.good().entries().isEmpty());
        assertThrows(NotFound.class, () -> system.rollback("org.cloudos.greeter"));
        assertEquals(List.of("deploy", "rollback"), system.deployment().history().stream().map(Change::kind).toList());
    }

    @Test
    void badHealthGoesBackWithTheState() throws Exception {
        Greeter greeter = system.greeter();
        greeter.greet("Ann");
        TakenBack e = assertThrows(TakenBack.class, () -> system.deploy(ClassPath.greeter("1.2.0")));
        assertTrue(e.getMessage().contains("CRITICAL"), e.getMessage());
        assertTrue(e.getMessage().contains("no voice left"), e.getMessage());
        assertEquals(Change.Outcome.TAKEN_BACK, e.change().outcome());
        assertEquals("1.0.0", system.version());
        assertEquals("Hello, Ann! (2)", greeter.greet("Ann"));
        assertTrue(system.store.pending().isEmpty());
        assertTrue(system.store.good().entries().isEmpty());
    }

    @Test
    void noCallFailsUnderLoad() throws Exception {
        Greeter greeter = system.greeter();
        LongAdder calls = new LongAdder(), failed = new LongAdder();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> threads = new ArrayList<>();
        AtomicBoolean stop = new AtomicBoolean();
        for (int i = 0; i < 4; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                while (!stop.get()) {
                    try {
                        greeter.greet("x");
                    } catch (Throwable t) {
                        failed.increment();
                        failure.set(t);
                    }
                    calls.increment();
                    Thread.yield();
                }
            }));
        }
        Deployment.Options options = new Deployment.Options(Duration.ofMillis(20), Duration.ofMinutes(1));
        Duration stall = Duration.ZERO;
        long held = 0;
        for (int i = 0; i < 20; i++) {
            Change change = system.deploy(options, ClassPath.greeter(i % 2 == 0 ? "1.1.0" : "1.0.0"));
            assertEquals(0, change.callsFailed(), change.toString());
            if (change.stall().compareTo(stall) > 0) stall = change.stall();
            held += change.callsHeld();
        }
        stop.set(true);
        for (Thread thread : threads) thread.join();
        assertEquals(0, failed.sum(), () -> String.valueOf(failure.get()));
        assertTrue(held > 0, "calls waited");
        String last = greeter.greet("Ann");
        assertTrue(last.endsWith("(" + (calls.sum() + 1) + ")"), last + " after " + calls.sum() + " calls");
        System.getLogger("swap").log(System.Logger.Level.INFO, "20 swaps, {0} calls, {1} held, longest stall {2}",
                calls.sum(), held, stall);
    }

    @Test
    void plainComponentsAreSwappedToo() throws Exception {
        Greeter greeter = system.greeter();
        greeter.greet("Ann");
        system.deploy(ClassPath.greeter("1.5.0"));
        assertEquals("Plainly hello, Ann! (1)", greeter.greet("Ann"));
        system.deploy(ClassPath.greeter("1.1.0"));
        assertEquals("Good day, Ann! (1)", greeter.greet("Ann"));
        system.rollback("org.cloudos.greeter");
        assertEquals("1.5.0", system.version());
        system.rollback("org.cloudos.greeter");
        assertEquals("1.0.0", system.version());
    }

    /** A component of a bundle that knows nothing of gates, wired by Declarative Services. */
    public static final class User implements Supplier<String> {
        public Greeter greeter;

        @Override
        public String get() {
            return greeter.greet("user");
        }
    }

    @Test
    void aComponentsReferenceStaysThroughASwap() throws Exception {
        String xml = """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="user">
                  <implementation class="%s"/>
                  <service><provide interface="java.util.function.Supplier"/></service>
                  <reference name="greeter" interface="org.cloudos.greeter.Greeter" field="greeter"/>
                </scr:component>""".formatted(User.class.getName());
        Bundle user = system.install(new TestJar("user", "1.0.0").header("Import-Package", "org.cloudos.greeter")
                .header("Service-Component", "user.xml").entry("user.xml", xml.getBytes()).type(User.class));
        ServiceReference<?> reference = user.getBundleContext().getServiceReference(Supplier.class.getName());
        Supplier<?> component = (Supplier<?>) user.getBundleContext().getService(reference);
        assertEquals("Hello, user! (1)", component.get());
        system.deploy(ClassPath.greeter("1.1.0"));
        assertEquals("Good day, user! (2)", component.get());
        assertNotNull(reference.getBundle(), "the component was not deactivated");
        assertFalse(List.of(bundlesUsing()).isEmpty());
    }

    private Bundle[] bundlesUsing() throws Exception {
        BundleContext own = system.bundle("org.cloudos.greeter").getBundleContext();
        return own.getServiceReference(Greeter.class).getUsingBundles();
    }

    @Test
    void aProviderThatIsStoppedForGoodTakesItsGateAway() throws Exception {
        Greeter greeter = system.greeter();
        system.bundle("org.cloudos.greeter").stop();
        assertEquals(null, system.greeter());
        RuntimeException e = assertThrows(RuntimeException.class, () -> greeter.greet("Ann"));
        assertTrue(e.getMessage().contains("no longer there"), e.getMessage());
        system.bundle("org.cloudos.greeter").start();
        assertEquals("Hello, Ann! (1)", system.greeter().greet("Ann"));
    }
}
