package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException.TakenBack;
import org.cloudos.kernel.swap.HandOver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** New versions that fail in each way that there is: the old one runs again, with its count. */
class FailureTest {
    /** It ends as soon as something is wrong. */
    private static final Deployment.Options LONG_TRIAL = new Deployment.Options(Duration.ofMinutes(5), Duration.ofMinutes(1));

    @TempDir Path folder;
    private TestSystem system;
    private Greeter greeter;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        system = new TestSystem(folder, test);
        greeter = system.greeter();
        assertEquals("Hello, Ann! (1)", greeter.greet("Ann"));
    }

    @AfterEach
    void stop() throws Exception {
        system.close();
    }

    private String takenBack(TestJar jar) throws Exception {
        TakenBack e = assertThrows(TakenBack.class, () -> system.deploy(jar.in(folder)));
        assertEquals("Hello, Ann! (2)", greeter.greet("Ann"));
        assertEquals("1.0.0", system.version());
        assertEquals(Change.Outcome.TAKEN_BACK, system.deployment().history().getLast().outcome());
        return e.getMessage();
    }

    private static TestJar component(Class<?> type) {
        return jar().header("Service-Component", "c.xml").type(type).entry("c.xml", """
                <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="c" immediate="true">
                  <implementation class="%s"/>
                  <service><provide interface="org.cloudos.greeter.Greeter"/></service>
                </scr:component>""".formatted(type.getName()).getBytes(StandardCharsets.UTF_8));
    }

    private static TestJar activator(Class<?> type) {
        return jar().header("Bundle-Activator", type.getName()).type(type).type(Base.class);
    }

    private static TestJar jar() {
        return new TestJar("org.cloudos.greeter", "9.0.0").header("Import-Package",
                "org.osgi.framework, org.cloudos.greeter, org.cloudos.kernel.swap");
    }

    /** Its constructor fails. */
    public static final class Broken implements Greeter {
        public Broken() {
            throw new IllegalStateException("broken from birth");
        }

        @Override
        public String greet(String who) {
            return who;
        }
    }

    @Test
    void aComponentThatDoesNotActivate() throws Exception {
        String said = takenBack(component(Broken.class));
        assertTrue(said.contains("could not be activated") || said.contains("broken from birth"), said);
    }

    /** Nothing to stop. */
    public abstract static class Base implements BundleActivator {
        @Override
        public void stop(BundleContext context) { }
    }

    /** Never returns from its start. */
    public static final class Hanging extends Base {
        @Override
        public void start(BundleContext context) throws Exception {
            Thread.sleep(Duration.ofHours(1));
        }
    }

    @Test
    @Tag(TestSystem.TOO_LONG)
    void aStartThatHangs() throws Exception {
        assertTrue(takenBack(activator(Hanging.class)).contains("start of org.cloudos.greeter did not end within " + TestSystem.IMPATIENT + " s"));
    }

    /** Does not link when it is called. */
    public static final class Unlinked extends Base {
        @Override
        public void start(BundleContext context) {
            context.registerService(Greeter.class, who -> {
                throw new NoClassDefFoundError("org/example/Gone");
            }, null);
        }
    }

    @Test
    void callsThatDoNotLink() throws Exception {
        Greeter caller = greeter;
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (true) {
                    Thread.sleep(5);
                    caller.greet("Bob");
                }
            } catch (Throwable t) {
                failure.complete(t);
            }
        });
        TakenBack e = assertThrows(TakenBack.class, () -> system.deploy(LONG_TRIAL, activator(Unlinked.class).in(folder)));
        assertTrue(e.getMessage().contains("calls fail: NoClassDefFoundError: org/example/Gone"), e.getMessage());
        assertTrue(e.change().callsFailed() >= 1);
        assertTrue(failure.get() instanceof NoClassDefFoundError);
        assertEquals("1.0.0", system.version());
    }

    /** Can't be linked when it starts. */
    public static final class Unstartable extends Base {
        @Override
        public void start(BundleContext context) {
            throw new NoClassDefFoundError("org/example/Gone");
        }
    }

    @Test
    void anErrorAtTheStart() throws Exception {
        assertTrue(takenBack(activator(Unstartable.class)).contains("org/example/Gone"));
    }

    @Test
    void aWatcherThatWentAway() throws Exception {
        system.deployment().deploy(java.util.List.of(TestSystem.jar(ClassPath.greeter("1.1.0"))), TestSystem.QUICK, line -> {
            throw new IllegalStateException("the connection is cut");
        });
        assertEquals("1.1.0", system.version());
    }

    /** Does not want the old state. */
    public static final class Proud extends Base implements HandOver {
        @Override
        public void start(BundleContext context) {
            context.registerService(Greeter.class, who -> "", null);
            context.registerService(HandOver.class, this, null);
        }

        @Override
        public State handOver() {
            return new State(2, "");
        }

        @Override
        public void takeOver(State state) {
            throw new IllegalArgumentException("expected state version 2, found " + state.version());
        }
    }

    @Test
    void aStateThatIsNotTaken() throws Exception {
        assertTrue(takenBack(activator(Proud.class)).contains("expected state version 2, found 1"));
    }

    /** Offers its service, and stops itself when it is on trial. */
    public static final class Fleeting extends Base {
        static final String TRIAL = "failure.test.trial";

        @Override
        public void start(BundleContext context) {
            context.registerService(Greeter.class, who -> "", null);
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    ((CountDownLatch) System.getProperties().get(TRIAL)).await();
                    context.getBundle().stop();
                } catch (Exception e) {
                    throw new IllegalStateException(e);
                }
            });
        }
    }

    @Test
    void aBundleThatStopsDuringTheTrial() throws Exception {
        CountDownLatch trial = new CountDownLatch(1);
        System.getProperties().put(Fleeting.TRIAL, trial);
        Path next = activator(Fleeting.class).in(folder);
        TakenBack e = assertThrows(TakenBack.class, () -> system.deployment().deploy(java.util.List.of(TestSystem.jar(next)), LONG_TRIAL, line -> {
            if (line.startsWith("on trial")) trial.countDown();
        }));
        assertEquals("Hello, Ann! (2)", greeter.greet("Ann"));
        assertEquals("1.0.0", system.version());
        String said = e.getMessage();
        assertTrue(said.contains("stopped") || said.contains("no longer there"), said);
    }

    /** Calls the greeter while it starts. */
    public static final class Asking extends Base {
        @Override
        public void start(BundleContext context) {
            ServiceReference<Greeter> reference = context.getServiceReference(Greeter.class);
            String said = reference == null ? "nobody" : context.getService(reference).greet("me");
            System.getProperties().setProperty("failure.test.said", said);
        }
    }

    @Test
    void aBundleThatCallsAnotherOfTheSameChangeWhileItStarts() throws Exception {
        Bundle asking = system.install(new TestJar("asking", "1.0.0").header("Bundle-Activator", Asking.class.getName())
                .type(Asking.class).type(Base.class).header("Import-Package", "org.osgi.framework, org.cloudos.greeter"));
        assertNotNull(asking);
        assertEquals("Hello, me! (2)", System.getProperty("failure.test.said"));
        Path next = new TestJar("asking", "1.0.1").header("Bundle-Activator", Asking.class.getName())
                .type(Asking.class).type(Base.class).header("Import-Package", "org.osgi.framework, org.cloudos.greeter").in(folder);
        Change change = system.deploy(next, ClassPath.greeter("1.1.0"));
        assertEquals(Change.Outcome.COMMITTED, change.outcome());
        assertTrue(change.stall().toSeconds() < 50, "nobody waited for a step's limit: " + change);
        assertEquals("Good day, me! (3)", System.getProperty("failure.test.said"), "after the state was given");
        assertEquals("Good day, Ann! (4)", greeter.greet("Ann"));
    }

    @Test
    void theSystemGoesDownDuringATrial() throws Exception {
        Deployment deployment = system.deployment();
        CompletableFuture<Throwable> end = CompletableFuture.supplyAsync(() -> assertThrows(TakenBack.class,
                () -> deployment.deploy(java.util.List.of(TestSystem.jar(ClassPath.greeter("1.1.0"))),
                        new Deployment.Options(Duration.ofMinutes(1), Duration.ofSeconds(1)), s -> { })),
                task -> Thread.ofPlatform().start(task));
        while (!system.version().equals("1.1.0")) Thread.sleep(10);
        Thread.sleep(300);
        system.framework.stop();
        system.framework.waitForStop(60_000);
        assertTrue(end.get().getMessage().contains("shut down"), end.get().getMessage());
        assertTrue(system.store.pending().isPresent(), "the next boot drops it");
    }
}
