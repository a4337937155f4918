package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.PrototypeServiceFactory;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;

/** What is gated, and how calls behave at a gate. The services are registered in the name of a small bundle. */
class GateTest {
    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Executor THREADS = task -> Thread.ofPlatform().daemon().start(task);

    @TempDir Path folder;
    private TestSystem system;
    private Bundle provider;
    private Path next;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        system = new TestSystem(folder, test);
        system.bundle("org.cloudos.greeter").stop();
        provider = system.install(jar("1.0.0"));
        next = jar("1.0.1").in(folder);
    }

    private TestJar jar(String version) {
        return new TestJar("provider", version).type(Registering.class).header("Import-Package",
                "org.osgi.framework, org.cloudos.greeter, org.cloudos.kernel.swap").header("Bundle-Activator", Registering.class.getName());
    }

    @AfterEach
    void stop() throws Exception {
        system.close();
        System.getProperties().keySet().removeIf(k -> k.toString().startsWith("gate.test."));
    }

    /** Greets by what the test has put into the system properties: each version has its own class of this. */
    public static final class Registering implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            if (System.getProperties().get("gate.test.absent") != null) return;
            String version = context.getBundle().getVersion().toString();
            context.registerService(Greeter.class, who -> {
                Object call = System.getProperties().get("gate.test." + who);
                try {
                    return call == null ? version : version + ((Callable<?>) call).call();
                } catch (RuntimeException e) {
                    throw e;
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            }, null);
        }

        @Override
        public void stop(BundleContext context) { }
    }

    private void on(String who, Callable<String> call) {
        System.getProperties().put("gate.test." + who, call);
    }

    @Test
    void aCallUnderWayEndsInTheOldVersion() throws Exception {
        CountDownLatch in = new CountDownLatch(1), go = new CountDownLatch(1);
        on("slow", () -> {
            in.countDown();
            go.await();
            return " ended";
        });
        Greeter greeter = system.greeter();
        CompletableFuture<String> slow = CompletableFuture.supplyAsync(() -> greeter.greet("slow"), THREADS);
        in.await();
        CompletableFuture<Change> change = CompletableFuture.supplyAsync(() -> deploy(next, LONG), THREADS);
        awaitThreadIn("drain");
        CompletableFuture<String> waits = CompletableFuture.supplyAsync(() -> greeter.greet("quick"), THREADS);
        awaitThreadIn("await");
        Thread.sleep(100); // of which the change tells below
        assertTrue(!waits.isDone() && !change.isDone());
        go.countDown();
        assertEquals("1.0.0 ended", slow.get(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals("1.0.1", waits.get(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, change.get().callsHeld());
        assertTrue(change.get().stall().toMillis() >= 90, change.get().toString());
    }

    /** Waits until a thread is in that method of a closing: where one drains the gates are closed, and a caller awaits their opening. */
    private static void awaitThreadIn(String method) throws InterruptedException {
        long end = System.nanoTime() + LONG.toNanos();
        while (Thread.getAllStackTraces().values().stream().flatMap(Stream::of)
                .noneMatch(f -> f.getClassName().equals("org.cloudos.kernel.swap.gate.Closure") && f.getMethodName().equals(method))) {
            assertTrue(System.nanoTime() < end, "no thread comes to " + method);
            Thread.sleep(5);
        }
    }

    private Change deploy(Path jar, Duration drain) {
        try {
            return system.deploy(new Deployment.Options(Duration.ofMillis(50), drain), jar);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aCallThatDoesNotEndIsNotWaitedForLongerThanTheDrainTime() throws Exception {
        CountDownLatch in = new CountDownLatch(1), go = new CountDownLatch(1);
        on("stuck", () -> {
            in.countDown();
            go.await();
            throw new IllegalStateException("the bundle is gone");
        });
        Greeter greeter = system.greeter();
        CompletableFuture<String> stuck = CompletableFuture.supplyAsync(() -> greeter.greet("stuck"), THREADS);
        in.await();
        Change change = deploy(next, Duration.ofMillis(100));
        assertEquals(Change.Outcome.COMMITTED, change.outcome());
        assertTrue(system.progress.stream().anyMatch(p -> p.contains("still under way after 100 ms")));
        assertEquals("1.0.1", greeter.greet("quick"));
        go.countDown();
        assertThrows(Exception.class, stuck::get);
    }

    @Test
    void aCallThatComesBackToItsOwnProviderIsLetThrough() throws Exception {
        CountDownLatch in = new CountDownLatch(1), go = new CountDownLatch(1);
        Greeter greeter = system.greeter();
        on("outer", () -> {
            in.countDown();
            go.await();
            return " of " + greeter.greet("inner");
        });
        CompletableFuture<String> outer = CompletableFuture.supplyAsync(() -> greeter.greet("outer"), THREADS);
        in.await();
        CompletableFuture<Change> change = CompletableFuture.supplyAsync(() -> deploy(next, LONG), THREADS);
        awaitThreadIn("drain");
        go.countDown();
        assertEquals("1.0.0 of 1.0.0", outer.get(LONG.toSeconds(), TimeUnit.SECONDS));
        assertEquals(0, change.get().callsFailed());
        assertEquals("1.0.1", greeter.greet("quick"));
    }

    @Test
    void anInterruptWaitsWhereTheMethodDoesNotDeclareIt() throws Exception {
        CountDownLatch in = new CountDownLatch(1), go = new CountDownLatch(1);
        on("slow", () -> {
            in.countDown();
            go.await();
            return "";
        });
        Greeter greeter = system.greeter();
        CompletableFuture.runAsync(() -> greeter.greet("slow"), THREADS);
        in.await();
        CompletableFuture<Change> change = CompletableFuture.supplyAsync(() -> deploy(next, LONG), THREADS);
        awaitThreadIn("drain");
        CompletableFuture<String> said = new CompletableFuture<>();
        Thread caller = Thread.ofPlatform().start(() ->
                said.complete(greeter.greet("quick") + Thread.currentThread().isInterrupted()));
        awaitThreadIn("await");
        caller.interrupt();
        go.countDown();
        assertEquals("1.0.1true", said.get(LONG.toSeconds(), TimeUnit.SECONDS));
        change.get();
    }

    @Test
    @Tag(TestSystem.TOO_LONG)
    void aServiceThatDoesNotComeBackIsWaitedForThenTakenBack() {
        Greeter greeter = system.greeter();
        System.getProperties().put("gate.test.absent", "");
        Exception e = assertThrows(Exception.class, () -> system.deployment().deploy(List.of(TestSystem.jar(next)), TestSystem.QUICK, line -> {
            if (line.startsWith("taken back")) System.getProperties().remove("gate.test.absent");
        }));
        assertTrue(e.getMessage().contains("not offered any more: org.cloudos.greeter.Greeter of provider"), e.getMessage());
        assertNotNull(greeter);
    }

    @Test
    void exceptionsOfTheServicePassAsTheyAre() {
        on("bad", () -> {
            throw new IllegalArgumentException("told you");
        });
        assertEquals("told you", assertThrows(IllegalArgumentException.class,
                () -> system.greeter().greet("bad")).getMessage());
    }

    // ---- what is gated

    private ServiceReference<?> seen(String filter) throws Exception {
        ServiceReference<?>[] all = system.caller.getBundleContext().getAllServiceReferences(null, filter);
        assertTrue(all == null || all.length == 1, "one or none");
        return all == null ? null : all[0];
    }

    private ServiceRegistration<?> register(Object service, String type, Object... properties) {
        Dictionary<String, Object> d = new Hashtable<>();
        d.put("test", "x");
        for (int i = 0; i < properties.length; i += 2) d.put((String) properties[i], properties[i + 1]);
        return provider.getBundleContext().registerService(type, service, d);
    }

    @Test
    void propertiesFollowAndTheServiceGoes() throws Exception {
        Greeter service = who -> who;
        ServiceRegistration<?> r = register(service, Greeter.class.getName(), "colour", "red", Constants.SERVICE_RANKING, 7);
        assertEquals(Boolean.TRUE, seen("(test=x)").getProperty("cloudos.gate"));
        assertEquals(7, seen("(test=x)").getProperty(Constants.SERVICE_RANKING));
        Dictionary<String, Object> d = new Hashtable<>();
        d.put("test", "x");
        d.put("colour", "blue");
        r.setProperties(d);
        assertEquals("blue", seen("(test=x)").getProperty("colour"));
        assertNull(seen("(test=x)").getProperty(Constants.SERVICE_RANKING));
        r.unregister();
        assertNull(seen("(test=x)"));
    }

    @Test
    void someServicesHaveNoGate() throws Exception {
        Greeter service = who -> who;
        ServiceRegistration<?> r = register(service, Greeter.class.getName(), "cloudos.gate", "false");
        assertEquals("false", seen("(test=x)").getProperty("cloudos.gate"));
        r.unregister();
        r = register(service, Greeter.class.getName(), "osgi.command.scope", "x");
        assertNull(seen("(test=x)").getProperty("cloudos.gate"));
        r.unregister();
        r = register((Runnable) () -> { }, Runnable.class.getName());
        assertNull(seen("(test=x)").getProperty("cloudos.gate"));
        r.unregister();
        r = register(new PrototypeServiceFactory<Greeter>() {
            @Override
            public Greeter getService(Bundle bundle, ServiceRegistration<Greeter> registration) {
                return service;
            }

            @Override
            public void ungetService(Bundle bundle, ServiceRegistration<Greeter> registration, Greeter s) { }
        }, Greeter.class.getName());
        assertNull(seen("(test=x)").getProperty("cloudos.gate"));
        r.unregister();
    }

    @Test
    void bundleScopeStaysOneObjectABundle() throws Exception {
        register(new ServiceFactory<Greeter>() {
            @Override
            public Greeter getService(Bundle bundle, ServiceRegistration<Greeter> registration) {
                return who -> bundle.getSymbolicName();
            }

            @Override
            public void ungetService(Bundle bundle, ServiceRegistration<Greeter> registration, Greeter s) { }
        }, Greeter.class.getName());
        Bundle other = system.install(new TestJar("other", "1.0.0").header("Import-Package", "org.cloudos.greeter"));
        assertEquals("caller", get(system.caller).greet(""));
        assertEquals("other", get(other).greet(""));
        assertNotSame(get(system.caller), get(other));
    }

    private Greeter get(Bundle bundle) throws Exception {
        BundleContext context = bundle.getBundleContext();
        return context.getService(context.getServiceReferences(Greeter.class, "(test=x)").iterator().next());
    }

    @Test
    void withoutTheKernelServicesAreSeenDirectly() throws Exception {
        assertNotEquals(null, system.caller.getBundleContext().getServiceReference(Greeter.class).getProperty("cloudos.gate"));
        system.bundle("org.cloudos.kernel.swap").stop();
        ServiceReference<Greeter> direct = system.caller.getBundleContext().getServiceReference(Greeter.class);
        assertNull(direct.getProperty("cloudos.gate"));
        assertEquals(provider, direct.getBundle());
        system.bundle("org.cloudos.kernel.swap").start();
        assertEquals(1, system.caller.getBundleContext().getServiceReferences(Greeter.class, null).size());
    }
}
