package org.cloudos.kernel.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import org.cloudos.kernel.Boot;
import org.cloudos.kernel.core.bundle.Parts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.condition.Condition;

class BootTest {
    private static final String CONDITION = "(osgi.condition.id=cloudos.ready)";

    @TempDir Path dir;

    @Test
    void readyWhenAllIsStartedAndThere() throws Exception {
        String filters = "(objectClass=java.lang.Runnable),(&(objectClass=java.util.concurrent.Executor)(a,b=c))";
        try (TestSystem system = new TestSystem(dir, Map.of("cloudos.ready", filters))) {
            List<String> told = new ArrayList<>();
            system.context.registerService(Boot.Observer.class, phase -> told.add(phase.name()), null);
            Boot boot = system.boot();
            boot.phase(Boot.PROMPT);
            boot.phase(Boot.PROMPT);
            system.context.registerService(Runnable.class, () -> { }, null);
            boot.phase(Boot.STARTED);
            assertFalse(boot.ready());
            assertEquals(List.of("(&(objectClass=java.util.concurrent.Executor)(a,b=c)): no bundle offers it"), boot.missing());
            assertFalse(boot.awaitReady(Duration.ofMillis(10)));
            assertNull(system.context.getServiceReferences(Condition.class.getName(), CONDITION));
            system.context.registerService(Executor.class, Runnable::run, new java.util.Hashtable<>(Map.of("a,b", "c")));
            assertTrue(boot.awaitReady(Duration.ofMinutes(1)));
            assertNotNull(system.context.getServiceReferences(Condition.class.getName(), CONDITION));
            assertEquals(List.of(), boot.missing());
            assertEquals(List.of("prompt", "started", "ready"), told);
            assertEquals(told, boot.phases().stream().map(Boot.Phase::name).filter(told::contains).toList());
        }
    }

    @Test
    void withoutFiltersReadyIsStarted() throws Exception {
        try (TestSystem system = new TestSystem(dir, Map.of())) {
            assertEquals(List.of("bundles are still being started"), system.boot().missing());
            system.boot().phase(Boot.STARTED);
            assertTrue(system.boot().ready());
        }
    }

    @Test
    void whatIsMissingSaysWhy() throws Exception {
        Map<String, String> properties = Map.of("cloudos.ready", "(objectClass=net.Net), (oops");
        try (TestSystem system = new TestSystem(dir, properties)) {
            system.components();
            system.install("net", null, TestSystem.component(Parts.Plain.class,
                    "<service><provide interface=\"net.Net\"/></service><reference name=\"c\" interface=\"net.Cable\"/>")).start();
            system.boot().phase(Boot.STARTED);
            List<String> missing = system.boot().missing();
            assertEquals("(objectClass=net.Net): component the.component waits for net.Cable", missing.get(0));
            assertTrue(missing.get(1).startsWith("(oops: not a filter: "), missing.get(1));
        }
    }

    @Test
    void filtersAreSplitAtTheirOwnCommasOnly() {
        assertEquals(List.of(), ReadyFilters.split(null));
        assertEquals(List.of(), ReadyFilters.split(" , "));
        assertEquals(List.of("(a=1)", "(&(b=2)(c=x,y))", "(d=\\),)"), ReadyFilters.split("(a=1),(&(b=2)(c=x,y)) , (d=\\),)"));
        assertEquals("x.Y", ReadyFilters.type("(&(objectClass=x.Y)(a=b))"));
        assertEquals("", ReadyFilters.type("(a=b)"));
    }

    @Test
    void phasesCountFromPowerOnOrFromTheProcess() {
        assertEquals(Duration.ofMillis(2500), new Timeline(1_000_000_000L, Duration.ofSeconds(2)).at(1_500_000_000L));
        Duration hosted = new Timeline(null, Duration.ZERO).at(System.nanoTime());
        assertTrue(hosted.compareTo(Duration.ofMinutes(30)) < 0 && hosted.toMillis() > 50, hosted.toString());
    }
}
