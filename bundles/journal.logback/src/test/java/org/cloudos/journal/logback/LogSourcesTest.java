package org.cloudos.journal.logback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.annotation.Annotation;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.LogService;
import org.osgi.service.log.admin.LoggerAdmin;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.MarkerFactory;

/** Logback, {@code java.util.logging} and Felix's log service in a real framework. */
class LogSourcesTest {
    private static final String FELIX_LOG = "org.apache.felix.log";
    @TempDir Path dir;
    private final Kept journal = new Kept();
    private Framework framework;
    private Bundle felixLog;
    private LogSources sources;

    private static final class Kept implements Journal {
        private final List<Entry> entries = Collections.synchronizedList(new ArrayList<>());

        @Override public void append(Entry entry) {
            entries.add(entry);
        }

        @Override public Stream<Entry> query(Query query, Order order) {
            return List.copyOf(entries).stream().filter(query::test);
        }

        @Override public Feed follow(Query query, long after) {
            throw new UnsupportedOperationException();
        }

        @Override public long newest() {
            return entries.size();
        }

        @Override public boolean sync(Duration limit) {
            return true;
        }

        @Override public Status status() {
            return new Status(entries.size(), 0, "", 0, 0, 0, 0, 0, entries.size(), 0);
        }
    }

    private record Settings(String level, String... levels) implements LogSources.Config {
        @Override public Class<? extends Annotation> annotationType() {
            return LogSources.Config.class;
        }
    }

    @BeforeEach void start() throws Exception {
        LoggerFactory.getLogger("early").info("before {}", "the journal");
        framework = new FrameworkFactory().newFramework(Map.of(Constants.FRAMEWORK_STORAGE, dir.toString(),
                Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA, "org.osgi.service.log;version=1.5,org.osgi.service.log.admin;version=1.0"));
        framework.start();
        BundleContext context = framework.getBundleContext();
        for (String jar : System.getProperty("java.class.path").split(":")) {
            if (jar.contains(FELIX_LOG + "-")) {
                felixLog = context.installBundle("file:" + jar);
                felixLog.start();
            }
        }
        sources = new LogSources(context, journal, service(LogReaderService.class), service(LoggerAdmin.class),
                new Settings("", "chatty=debug", "quiet=error"));
    }

    private <T> T service(Class<T> type) {
        BundleContext context = framework.getBundleContext();
        return context.getService(context.getServiceReference(type));
    }

    @AfterEach void stop() throws Exception {
        sources.change(new Settings("")); // Logback outlives the framework
        sources.close();
        framework.stop();
        framework.waitForStop(30_000);
    }

    private Entry find(String query) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < end) {
            Optional<Entry> found = journal.query(Query.parse(query, java.time.Instant.now()), Journal.Order.OLDEST_FIRST).findFirst();
            if (found.isPresent()) {
                return found.get();
            }
            Thread.sleep(5); // the OSGi log delivers in a thread of its own
        }
        throw new AssertionError("nothing like " + query + " in " + journal.entries);
    }

    @Test void everythingArrives() throws Exception {
        assertEquals("before the journal", find("logger=early").message());
        MDC.put("trace_id", "4bf92f3577b34da6a3ce929d0e0e4736");
        MDC.put("user", "eve");
        try {
            LoggerFactory.getLogger(FELIX_LOG + ".LogManager").atWarn().addMarker(MarkerFactory.getMarker("m")).addKeyValue("bytes", 7)
                    .setCause(new IllegalStateException("why")).log("braces {} and {}", 1, "{}");
        } finally {
            MDC.clear();
        }
        Entry e = find("logger=" + FELIX_LOG + ".*");
        assertEquals("braces 1 and {}", e.message());
        assertEquals(FELIX_LOG, e.bundle(), "the bundle that has such a package");
        assertEquals("4bf92f3577b34da6a3ce929d0e0e4736", e.trace());
        assertEquals(Map.of("user", "eve", "bytes", "7", "marker", "m"), e.values());
        assertTrue(e.exception().startsWith("java.lang.IllegalStateException: why\n  at "), e.exception());
        assertEquals(Thread.currentThread().getName(), e.thread());

        service(LogService.class).getLogger("direct").error("by OSGi", new RuntimeException("gone"));
        Entry osgi = find("logger=direct");
        assertEquals(Level.ERROR, osgi.level());
        assertTrue(osgi.exception().startsWith("java.lang.RuntimeException: gone\n"), osgi.exception());
        assertEquals(Constants.SYSTEM_BUNDLE_SYMBOLICNAME.length() > 0, !osgi.bundle().isEmpty());

        java.util.logging.Logger.getLogger("old.Style").log(java.util.logging.Level.WARNING, "a {0}", "b");
        assertEquals("a b", find("logger=old.Style").message());
        assertFalse(journal.entries.stream().anyMatch(entry -> entry.logger().startsWith("Events.")), "each bundle's start is no news");
    }

    @Test void levelsChangeLive() throws Exception {
        Logger mine = LoggerFactory.getLogger("my.thing.Part"), felix = LoggerFactory.getLogger(FELIX_LOG + ".LogManager");
        assertTrue(LoggerFactory.getLogger("chatty.x").isDebugEnabled());
        assertFalse(LoggerFactory.getLogger("quiet").isWarnEnabled());
        assertFalse(mine.isDebugEnabled());
        sources.set("my.thing", Optional.of(Level.TRACE));
        sources.set(FELIX_LOG, Optional.of(Level.DEBUG));
        assertTrue(mine.isTraceEnabled());
        assertTrue(felix.isDebugEnabled());
        assertEquals(Level.TRACE, sources.effective("my.thing.Part.Inner"));
        assertEquals(Level.INFO, sources.effective("other"));
        LogService log = service(LogService.class);
        org.osgi.service.log.Logger ofBundle = log.getLogger(felixLog, "any", org.osgi.service.log.Logger.class);
        assertTrue(ofBundle.isDebugEnabled());
        assertTrue(log.getLogger("my.thing.Other").isTraceEnabled());
        assertEquals(List.of("ROOT INFO configured", "chatty DEBUG configured", "my.thing TRACE live", FELIX_LOG + " DEBUG live", "quiet ERROR configured"),
                sources.rules().stream().map(r -> r.name() + " " + r.level() + " " + r.origin()).toList());
        sources.change(new Settings("warn"));
        assertFalse(LoggerFactory.getLogger("chatty.x").isInfoEnabled());
        assertTrue(mine.isTraceEnabled(), "what is live stays");
        sources.set("my.thing", Optional.empty());
        sources.set(FELIX_LOG, Optional.empty());
        assertFalse(mine.isInfoEnabled());
        assertFalse(felix.isInfoEnabled());
        assertFalse(ofBundle.isInfoEnabled());
        assertThrows(IllegalArgumentException.class, () -> sources.set("my.thing", Optional.empty()));
        assertTrue(assertThrows(IllegalArgumentException.class, () -> sources.change(new Settings("loud"))).getMessage()
                .contains("expected error, warn, info, debug or trace, found loud"));
    }

    @Test void whatComesBetweenTwoJournalsWaits() throws Exception {
        sources.close();
        for (int i = 0; i < 1100; i++) {
            LoggerFactory.getLogger("between").info("n {}", i);
        }
        sources = new LogSources(framework.getBundleContext(), journal, service(LogReaderService.class), service(LoggerAdmin.class), new Settings(""));
        assertEquals("100", find("lost=*").values().get("lost"));
        assertEquals(1000, journal.query(Query.parse("logger=between", java.time.Instant.now()), Journal.Order.OLDEST_FIRST).count());
    }

    /** A swap of this bundle: the successor's classes are others, the appender that holds what comes meanwhile is the old one. */
    @Test void aSuccessorWithOtherClassesGoesOn() throws Exception {
        LoggerFactory.getLogger("swapped").info("by the first");
        service(LogService.class).getLogger("swapped").info("told to the first");
        find("logger=swapped and message~told");
        sources.close();
        LoggerFactory.getLogger("swapped").info("between");
        service(LogService.class).getLogger("swapped").info("told between");
        java.net.URL own = LogSources.class.getProtectionDomain().getCodeSource().getLocation();
        ClassLoader others = new java.net.URLClassLoader(new java.net.URL[] {own}, getClass().getClassLoader()) {
            @Override protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
                synchronized (getClassLoadingLock(name)) {
                    boolean ours = name.startsWith(LogSources.class.getPackageName() + ".") && !name.startsWith(Settings.class.getName())
                            && !name.equals(LogSources.Config.class.getName());
                    Class<?> there = findLoadedClass(name);
                    return there != null ? there : ours ? findClass(name) : super.loadClass(name, resolve);
                }
            }
        };
        Class<?> type = others.loadClass(LogSources.class.getName());
        assertTrue(type != LogSources.class);
        Object successor = type.getConstructors()[0].newInstance(framework.getBundleContext(), journal, service(LogReaderService.class),
                service(LoggerAdmin.class), new Settings(""));
        LoggerFactory.getLogger("swapped").info("by the second");
        service(LogService.class).getLogger("swapped").info("told to the second");
        find("logger=swapped and message~\"told to the second\"");
        java.lang.reflect.Method close = type.getDeclaredMethod("close");
        close.setAccessible(true);
        close.invoke(successor);
        assertEquals(List.of("by the first", "between", "by the second"), swapped(m -> !m.startsWith("told")));
        assertEquals(List.of("told to the first", "told between", "told to the second"), swapped(m -> m.startsWith("told")));
        sources = new LogSources(framework.getBundleContext(), journal, service(LogReaderService.class), service(LoggerAdmin.class), new Settings(""));
    }

    private List<String> swapped(java.util.function.Predicate<String> which) {
        return journal.query(Query.parse("logger=swapped", java.time.Instant.now()), Journal.Order.OLDEST_FIRST).map(Entry::message).filter(which).toList();
    }

    @Test void whatTheLogHasStillToTellIsTakenAtTheEnd() throws Exception {
        for (int round = 0; round < 20; round++) {
            service(LogService.class).getLogger("last").info("n " + round);
            sources.close();
            sources = new LogSources(framework.getBundleContext(), journal, service(LogReaderService.class), service(LoggerAdmin.class), new Settings(""));
        }
        assertEquals(java.util.stream.IntStream.range(0, 20).mapToObj(n -> "n " + n).toList(), journal.query(Query.parse("logger=last",
                java.time.Instant.now()), Journal.Order.OLDEST_FIRST).map(Entry::message).toList(), "each once, in order");
    }
}
