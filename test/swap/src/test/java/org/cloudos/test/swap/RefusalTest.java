package org.cloudos.test.swap;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.cloudos.kernel.swap.Change;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.kernel.swap.DeploymentException;
import org.cloudos.kernel.swap.DeploymentException.BadJar;
import org.cloudos.kernel.swap.DeploymentException.NotFound;
import org.cloudos.kernel.swap.DeploymentException.StoreFailed;
import org.cloudos.kernel.swap.DeploymentException.Unresolvable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;

/** What is refused: a clear reason, and nothing is touched. */
class RefusalTest {
    @TempDir Path folder;
    private TestSystem system;
    private long modified;

    @BeforeEach
    void start() throws Exception {
        system = new TestSystem(folder);
        assertEquals("Hello, Ann! (1)", system.greeter().greet("Ann"));
        modified = greeter().getLastModified();
    }

    /** Whatever was tried: the same revision runs, with its count. */
    @AfterEach
    void nothingChanged() throws Exception {
        assertEquals("Hello, Ann! (2)", system.greeter().greet("Ann"));
        assertEquals(modified, greeter().getLastModified());
        assertTrue(system.store.pending().isEmpty());
        assertEquals(1, system.store.sets().size());
        system.close();
    }

    private Bundle greeter() {
        return system.bundle("org.cloudos.greeter");
    }

    private <T extends DeploymentException> String refused(Class<T> type, Path... files) {
        String message = assertThrows(type, () -> system.deploy(files)).getMessage();
        Change last = system.deployment().history().getLast();
        assertEquals(Change.Outcome.REFUSED, last.outcome());
        assertEquals(message, last.reason());
        return message;
    }

    @Test
    void aPackageThatNobodyHas() {
        assertEquals("org.cloudos.greeter 1.3.0 needs the package org.example.absent [1.4.0,2.0.0): no bundle provides it",
                refused(Unresolvable.class, ClassPath.greeter("1.3.0")));
    }

    @Test
    void aNewerApi() {
        assertEquals("org.cloudos.greeter 1.4.0 needs the package org.cloudos.greeter [2.0.0,3.0.0): "
                + "there is 1.0.0 in org.cloudos.greeter.api 1.0.0",
                refused(Unresolvable.class, ClassPath.greeter("1.4.0")));
    }

    /** As Felix's log would, whose packages the runtime imports. */
    @Test
    void whatWouldRestartAllComponents() {
        String message = refused(Unresolvable.class, ClassPath.jar("org.osgi.util.function", null));
        assertTrue(message.contains("among them org.apache.felix.scr, and with it the components of all others"), message);
    }

    @Test
    void oneBadJarOfTwo() throws Exception {
        Path good = new TestJar("fine", "1.0.0").in(folder);
        refused(Unresolvable.class, good, ClassPath.greeter("1.3.0"));
        assertEquals(null, system.bundle("fine"));
    }

    /** The user of the old API would be left without it. */
    @Test
    void anApiThatItsUsersCantUse() throws Exception {
        Path api = new TestJar("org.cloudos.greeter.api", "2.0.0")
                .header("Export-Package", "org.cloudos.greeter;version=2.0.0").in(folder);
        String message = refused(Unresolvable.class, api);
        assertTrue(message.contains("org.cloudos.greeter 1.0.0 needs the package org.cloudos.greeter [1.0.0,1.1.0): "
                + "there is 2.0.0 in org.cloudos.greeter.api 2.0.0"), message);
    }

    @Test
    void damagedJars() throws Exception {
        byte[] whole = Files.readAllBytes(ClassPath.greeter("1.1.0"));
        Path truncated = Files.write(folder.resolve("truncated.jar"), Arrays.copyOf(whole, whole.length / 2));
        assertTrue(refused(BadJar.class, truncated).startsWith("truncated.jar is no jar, or truncated: "));
        Path text = Files.writeString(folder.resolve("text.jar"), "no jar");
        assertTrue(refused(BadJar.class, text).contains("text.jar is no jar"));
        assertTrue(refused(BadJar.class, folder.resolve("absent.jar")).contains("there is no file"));
    }

    @Test
    void aJarThatIsNoBundle() throws Exception {
        Path jar = new TestJar("x", "1").header("Bundle-SymbolicName", "").in(folder);
        assertTrue(refused(BadJar.class, jar).contains("no Bundle-SymbolicName"));
    }

    @Test
    void aWrongDigest() {
        Path jar = ClassPath.greeter("1.1.0");
        Deployment.Jar asked = new Deployment.Jar("greeter.jar", jar, Optional.of("00"));
        String message = assertThrows(BadJar.class,
                () -> system.deployment().deploy(List.of(asked), TestSystem.QUICK, s -> { })).getMessage();
        assertTrue(message.startsWith("greeter.jar: expected the SHA-256 00, found "), message);
    }

    @Test
    void theSameBundleTwice() throws IOException {
        assertTrue(refused(BadJar.class, ClassPath.greeter("1.1.0"), ClassPath.greeter("1.5.0"))
                .contains("are the same bundle org.cloudos.greeter"));
    }

    @Test
    void aFullStore() {
        system.store.fullForJars = true;
        assertTrue(refused(StoreFailed.class, ClassPath.greeter("1.1.0")).contains("No space left on device"));
    }

    @Test
    void theKernelItself() {
        assertTrue(refused(Unresolvable.class, ClassPath.jar("org.cloudos.kernel.swap", null)).contains("put it into the profile"));
        assertTrue(refused(Unresolvable.class, ClassPath.jar("org.cloudos.kernel.api", null)).contains("put it into the profile"));
    }

    @Test
    void nothingToGoBackTo() {
        assertEquals("org.cloudos.greeter has no earlier version: it was not deployed",
                assertThrows(NotFound.class, () -> system.rollback("org.cloudos.greeter")).getMessage());
        assertEquals("nobody is not installed",
                assertThrows(NotFound.class, () -> system.rollback("nobody")).getMessage());
    }
}
