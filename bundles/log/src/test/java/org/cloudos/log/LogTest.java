package org.cloudos.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.felix.framework.FrameworkFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.LogService;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** With Felix's log service in a real framework. */
class LogTest {
    @TempDir Path dir;

    @Test
    void everythingArrives() throws Exception {
        Logger early = LoggerFactory.getLogger("early");
        early.info("before {}", "the log");
        Framework framework = new FrameworkFactory().newFramework(Map.of(
                Constants.FRAMEWORK_STORAGE, dir.resolve("cache").toString(), "cloudos.data", dir.toString(),
                "cloudos.log.levels", "chatty=DEBUG,quiet=ERROR", Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                "org.osgi.service.log;version=1.5,org.osgi.service.log.admin;version=1.0"));
        framework.start();
        BundleContext context = framework.getBundleContext();
        LogActivator activator = new LogActivator();
        activator.start(context);
        Bundle felixLog = null;
        for (String jar : System.getProperty("java.class.path").split(":")) {
            if (jar.contains("org.apache.felix.log-")) {
                felixLog = context.installBundle("file:" + jar);
                felixLog.start();
            }
        }
        LogService osgi = context.getService(context.getServiceReference(LogService.class));
        osgi.getLogger("direct").warn("by OSGi");
        early.debug("not wanted");
        LoggerFactory.getLogger("chatty").debug("wanted {}", 1);
        LoggerFactory.getLogger("quiet").warn("not wanted");
        LoggerFactory.getLogger("failing").error("braces {} stay", new IllegalStateException("why"));
        awaitEntry(context, "braces {} stay"); // What Felix's log has not yet told us of goes with it when it stops.
        felixLog.stop();
        early.info("while it is away");
        felixLog.start();
        awaitEntry(context, "while it is away");
        LogReaderService reader = context.getService(context.getServiceReference(LogReaderService.class));
        List<String> inMemory = Collections.list(reader.getLog()).reversed().stream()
                .map(e -> e.getLoggerName() + ": " + e.getMessage()).toList();
        List<String> expected = List.of("early: before the log", "direct: by OSGi", "chatty: wanted 1",
                "failing: braces {} stay", "early: while it is away");
        activator.stop(context);
        framework.stop();
        framework.waitForStop(5000);
        assertEquals(expected, inMemory);
        List<String> lines = Files.readAllLines(dir.resolve("log/cloudos.log"));
        assertEquals(expected, lines.stream().filter(l -> !l.startsWith("\t"))
                .map(l -> l.substring(l.indexOf("] ") + 2)).toList());
        assertTrue(lines.contains("\tjava.lang.IllegalStateException: why"), lines.toString());
    }

    private static void awaitEntry(BundleContext context, String message) throws InterruptedException {
        LogReaderService reader = context.getService(context.getServiceReference(LogReaderService.class));
        long end = System.nanoTime() + 60_000_000_000L;
        while (Collections.list(reader.getLog()).stream().noneMatch(e -> message.equals(e.getMessage()))) {
            assertTrue(System.nanoTime() < end, message + " did not arrive");
            Thread.sleep(5);
        }
    }
}
