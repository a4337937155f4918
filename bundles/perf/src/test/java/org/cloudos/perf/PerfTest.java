package org.cloudos.perf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import jdk.jfr.FlightRecorder;
import jdk.jfr.RecordingState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;

@Timeout(120)
class PerfTest {
    @TempDir Path folder;

    /** A framework without bundles: every class that is no JDK's is the framework's. */
    private static BundleContext alone() {
        return (BundleContext) Proxy.newProxyInstance(PerfTest.class.getClassLoader(), new Class<?>[] {BundleContext.class},
                (proxy, method, arguments) -> method.getName().equals("getBundles") ? new Bundle[0] : null);
    }

    @Test void whatBurnsIsFound() throws Exception {
        AtomicBoolean over = new AtomicBoolean();
        Thread burning = Thread.ofPlatform().name("burning").start(() -> burn(over));
        try {
            Profile profile;
            int tries = 0;
            do { // a loaded machine may not let it run in so short a time
                Recorder.Result result = new Recorder().record(folder.resolve("a.jfr"), Duration.ofMillis(700), true);
                profile = Profile.read(result.file(), new Owners(alone()));
            } while (profile.uses().get(Owners.FRAMEWORK) == null && ++tries < 20);
            Profile.Use use = profile.uses().get(Owners.FRAMEWORK);
            assertTrue(use.samples() > 0);
            String page = FlamePage.of("test", Map.of("Processor (samples)", profile.processor()));
            assertTrue(page.contains("PerfTest.burn"), "the frame is on the page");
            assertTrue(page.contains("burning"), "and its thread");
        } finally {
            over.set(true);
            burning.join();
        }
    }

    private static void burn(AtomicBoolean over) {
        long x = 1;
        while (!over.get()) {
            x = x * 6364136223846793005L + new byte[(int) (x & 1023)].length;
        }
    }

    @Test void onlyOneAtATime() throws Exception {
        Recorder recorder = new Recorder();
        Thread first = Thread.ofPlatform().start(() -> {
            try {
                recorder.record(folder.resolve("b.jfr"), Duration.ofMinutes(5), false);
            } catch (IOException | InterruptedException e) {
                // ended below
            }
        });
        try {
            while (FlightRecorder.getFlightRecorder().getRecordings().stream().noneMatch(r -> r.getState() == RecordingState.RUNNING)) {
                Thread.sleep(10); // until the first one has begun
            }
            IllegalStateException e = assertThrows(IllegalStateException.class, () -> recorder.record(folder.resolve("c.jfr"), Duration.ofMillis(1), false));
            assertTrue(e.getMessage().contains("already"), e.getMessage());
        } finally {
            first.interrupt();
            first.join();
        }
        recorder.record(folder.resolve("d.jfr"), Duration.ofMillis(1), false);
    }

    @Test void namesCanNotLeaveTheScript() throws IOException {
        Frame root = new Frame("all", "");
        root.add(10);
        Frame child = root.child("</script><script>alert(1)</script>\u2028\"\\", "<b>&");
        child.add(10);
        root.child("too small", "").add(0);
        String page = FlamePage.of("<title> & more", Map.of("Processor (samples)", root));
        assertFalse(page.contains("alert(1)</script>"));
        assertFalse(page.contains("<title> &"));
        assertTrue(page.contains("&lt;title&gt; &amp; more"));
        assertTrue(page.contains("\\u003c/script\\u003e"));
        assertFalse(page.contains("@NAMES@") || page.contains("@GRAPHS@"));
        assertFalse(page.matches("(?s).*(src|href)=.*"), "nothing is loaded from anywhere");
    }

    @Test void classesThatAreMadeWhileItRunsAreTheirHosts() {
        Owners owners = new Owners(alone());
        assertEquals(Owners.JDK, owners.of("java.util.concurrent.Executors$$Lambda.0x00000008030d8a90"));
        assertEquals(Owners.JDK, owners.of("java.lang.invoke.LambdaForm$DMH/0x0000000800001000"));
        assertEquals(Owners.FRAMEWORK, owners.of("org.cloudos.metrics.node.Node$$Lambda.0x0000000801"));
        assertEquals(Owners.FRAMEWORK, owners.of("Nameless"));
    }

    @Test void durations() {
        assertEquals(Duration.ofSeconds(10), PerfCommands.duration("10s"));
        assertEquals(Duration.ofMinutes(2), PerfCommands.duration("2m"));
        for (String bad : new String[] {"", "0s", "11m", "-1s", "1h", "10", "9999999999s"}) {
            assertThrows(IllegalArgumentException.class, () -> PerfCommands.duration(bad), bad);
        }
    }
}
