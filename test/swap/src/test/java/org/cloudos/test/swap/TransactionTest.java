package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.cloudos.greeter.Greeter;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.DeploymentException.StoreFailed;
import org.cloudos.kernel.swap.DeploymentException.TakenBack;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** Several bundles at once, failures on the way, and bundles that others are wired to. */
class TransactionTest {
    @TempDir Path folder;
    private TestSystem system;

    @BeforeEach
    void start(TestInfo test) throws Exception {
        system = new TestSystem(folder, test);
    }

    @AfterEach
    void stop() throws Exception {
        if (system != null) system.close();
    }

    /** Does not start. */
    public static final class Failing implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            throw new IllegalStateException("no way");
        }

        @Override
        public void stop(BundleContext context) { }
    }

    /** Registers a greeter without any component runtime. */
    public static final class Registrar implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            String version = context.getBundle().getVersion().toString();
            context.registerService(Greeter.class, who -> version + " for " + who, null);
        }

        @Override
        public void stop(BundleContext context) { }
    }

    private TestJar failing(String version) {
        return new TestJar("failing", version).type(Failing.class).header("Import-Package", "org.osgi.framework")
                .header("Bundle-Activator", Failing.class.getName());
    }

    private TestJar registrar(String version) {
        return new TestJar("registrar", version).type(Registrar.class)
                .header("Import-Package", "org.osgi.framework, org.cloudos.greeter")
                .header("Bundle-Activator", Registrar.class.getName());
    }

    @Test
    void allGoBackWhenOneDoesNotStart() throws Exception {
        Greeter greeter = system.greeter();
        greeter.greet("Ann");
        TakenBack e = assertThrows(TakenBack.class,
                () -> system.deploy(ClassPath.greeter("1.1.0"), failing("1.0.0").in(folder)));
        assertTrue(e.getMessage().contains("no way"), e.getMessage());
        assertEquals("1.0.0", system.version());
        assertEquals(null, system.bundle("failing"));
        assertEquals("Hello, Ann! (2)", greeter.greet("Ann"));
        assertEquals(2, e.change().bundles().size());
    }

    @Test
    void installsAndRemoves() throws Exception {
        Change change = system.deploy(registrar("1.0.0").in(folder), new TestJar("other", "2.0.0").in(folder));
        assertEquals("", change.bundles().getFirst().from());
        assertEquals(Bundle.ACTIVE, system.bundle("registrar").getState());
        assertEquals("cloudos:registrar", system.bundle("registrar").getLocation());
        assertEquals(2, system.store.good().entries().size());
        Change gone = system.rollback("registrar");
        assertEquals("", gone.bundles().getFirst().to());
        assertEquals(null, system.bundle("registrar"));
        assertNotNull(system.bundle("other"));
        assertEquals(1, system.store.good().entries().size());
    }

    @Test
    @Tag(TestSystem.TOO_LONG)
    void aServiceOfAPlainActivatorWaitsToo() throws Exception {
        system.bundle("org.cloudos.greeter").stop();
        system.deploy(registrar("1.0.0").in(folder));
        Greeter greeter = system.greeter();
        assertEquals("1.0.0 for Ann", greeter.greet("Ann"));
        system.deploy(registrar("1.0.1").in(folder));
        assertEquals("1.0.1 for Ann", greeter.greet("Ann"));
        assertThrows(TakenBack.class, () -> system.deploy(new TestJar("registrar", "1.0.2").in(folder)));
        assertEquals("1.0.1 for Ann", greeter.greet("Ann"));
    }

    @Test
    @Tag(TestSystem.TOO_LONG)
    void aBundleThatCamePastTheStoreIsKeptWhileItIsSwapped() throws Exception {
        system.bundle("org.cloudos.greeter").stop();
        system.install(registrar("0.9.0"));
        Greeter greeter = system.greeter();
        assertThrows(TakenBack.class, () -> system.deploy(new TestJar("registrar", "1.0.2").in(folder)));
        assertEquals("0.9.0 for Ann", greeter.greet("Ann"));
        assertEquals("0.9.0", system.bundle("registrar").getVersion().toString());
    }

    @Test
    void aStoreThatIsFullAtTheEndTakesAllBack() throws Exception {
        Greeter greeter = system.greeter();
        greeter.greet("Ann");
        system.store.fullForCommits = true;
        StoreFailed e = assertThrows(StoreFailed.class, () -> system.deploy(ClassPath.greeter("1.1.0")));
        assertTrue(e.getMessage().contains("No space left on device"), e.getMessage());
        assertEquals("1.0.0", system.version());
        assertEquals("Hello, Ann! (2)", greeter.greet("Ann"));
        assertTrue(system.store.pending().isEmpty());
    }

    /** An interface that its provider exports itself, as many bundles do. */
    public interface Tool {
        String use();
    }

    /** The provider of it. */
    public static final class ToolMaker implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            String version = context.getBundle().getVersion().toString();
            context.registerService(Tool.class, () -> version, null);
        }

        @Override
        public void stop(BundleContext context) { }
    }

    /** Uses it at its start. */
    public static final class ToolUser implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            System.setProperty("tool.test.used", context.getService(context.getServiceReference(Tool.class)).use());
        }

        @Override
        public void stop(BundleContext context) { }
    }

    private static TestJar maker(String version) {
        return new TestJar("maker", version).type(Tool.class).type(ToolMaker.class)
                .header("Export-Package", "org.cloudos.test.swap;version=" + version)
                .header("Import-Package", "org.osgi.framework").header("Bundle-Activator", ToolMaker.class.getName());
    }

    @Test
    void usersOfAProvidersOwnPackageRestartWithIt() throws Exception {
        TestJar user = new TestJar("user", "1.0.0").header("Bundle-Activator", ToolUser.class.getName())
                .header("Import-Package", "org.osgi.framework").header("Require-Bundle", "maker").type(ToolUser.class);
        system.deploy(maker("1.0.0").in(folder), user.in(folder));
        assertEquals("1.0.0", System.getProperty("tool.test.used"));
        Change change = system.deploy(maker("1.1.0").in(folder));
        assertEquals(List.of("user"), change.restarted());
        assertEquals("1.1.0", System.getProperty("tool.test.used"));
        system.rollback("maker");
        assertEquals("1.0.0", System.getProperty("tool.test.used"));
    }

    @Test
    void aFragmentRestartsItsHost() throws Exception {
        Path fragment = new TestJar("part", "1.0.0").header("Fragment-Host", "caller").entry("part.txt", new byte[1]).in(folder);
        Change change = system.deploy(fragment);
        assertEquals(List.of("caller"), change.restarted());
        assertNotNull(system.caller.getResource("part.txt"));
        system.rollback("part");
        assertEquals(null, system.caller.getResource("part.txt"));
        assertEquals(Bundle.ACTIVE, system.caller.getState());
    }

    /** A new API of the same version: whoever imports it restarts and sees the new classes. */
    @Test
    void usersOfAPackageAreWiredAnew() throws Exception {
        Bundle old = system.bundle("org.cloudos.greeter");
        Class<?> before = system.caller.loadClass(Greeter.class.getName());
        Path api = new TestJar("org.cloudos.greeter.api", "1.0.1").type(Greeter.class)
                .header("Export-Package", "org.cloudos.greeter;version=1.0.1").in(folder);
        Change change = system.deploy(api);
        assertEquals(List.of("caller", "org.cloudos.greeter"), change.restarted());
        assertEquals(Bundle.ACTIVE, old.getState());
        Class<?> now = system.caller.loadClass(Greeter.class.getName());
        assertTrue(before != now, "the caller sees the new package");
        assertEquals(now, old.loadClass(Greeter.class.getName()), "the class-path bundle left the class path");
        BundleContext context = system.caller.getBundleContext();
        Object greeter = context.getService(context.getServiceReference(Greeter.class.getName()));
        assertEquals("Hello, Ann! (1)", now.getMethod("greet", String.class).invoke(greeter, "Ann"));
        system.rollback("org.cloudos.greeter.api");
        assertEquals("1.0.0", system.bundle("org.cloudos.greeter.api").getVersion().toString());
        assertEquals("Hello, Ann! (1)", system.greeter().greet("Ann"));
    }
}
