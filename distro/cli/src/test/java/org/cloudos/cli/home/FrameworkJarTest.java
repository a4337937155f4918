package org.cloudos.cli.home;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.ClassFile;
import java.lang.classfile.instruction.InvokeInstruction;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.zip.ZipFile;
import org.apache.felix.framework.Felix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On the Felix that profiles are assembled with. */
class FrameworkJarTest {
    private static final String SECURE_ACTION = "org.apache.felix.framework.util.SecureAction";

    @TempDir
    Path folder;

    @Test
    void felixNoLongerReflectsAtStart() throws Exception {
        Path copy = copy();
        try (ZipFile jar = new ZipFile(copy.toFile());
                InputStream in = jar.getInputStream(jar.getEntry(SECURE_ACTION.replace('.', '/') + ".class"))) {
            boolean calls = ClassFile.of().parse(in.readAllBytes()).methods().stream()
                    .filter(m -> m.methodName().equalsString("<clinit>")).flatMap(m -> m.code().orElseThrow().elementStream())
                    .anyMatch(e -> e instanceof InvokeInstruction call && call.name().equalsString("getAccessor"));
            assertFalse(calls);
        }
    }

    @Test
    void theClassStillWorks() throws Exception {
        try (URLClassLoader loader = new URLClassLoader(new URL[] {copy().toUri().toURL()}, null)) {
            Class<?> type = Class.forName(SECURE_ACTION, true, loader);
            Object action = type.getConstructor().newInstance();
            Object value = type.getMethod("getSystemProperty", String.class, String.class).invoke(action, "no.such", "default");
            assertEquals("default", value);
        }
    }

    @Test
    void otherClassesAreLeftAlone() throws Exception {
        try (InputStream in = FrameworkJarTest.class.getResourceAsStream("FrameworkJarTest.class")) {
            byte[] mine = in.readAllBytes();
            assertArrayEquals(mine, FrameworkJar.lazy(mine));
        }
    }

    private Path copy() throws IOException, URISyntaxException {
        Path to = folder.resolve("framework.jar");
        FrameworkJar.copy(felix(), to);
        return to;
    }

    private static Path felix() throws URISyntaxException {
        return Path.of(Felix.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    }
}
