package org.cloudos.units.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.units.Units;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dependencies and order, as systemd.unit(5) has them. Units are oneshot services that run nothing, and targets. */
class TransactionTest {
    private static final String EMPTY = "[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/true\n";
    private static final String BAD = "[Service]\nType=oneshot\nExecStart=/bin/false\n";

    @TempDir Path folder;
    private TestUnits t;

    @BeforeEach void open() throws Exception {
        t = new TestUnits(folder, true);
    }

    @AfterEach void close() {
        t.close();
    }

    private void unit(String name, String lines) throws Exception {
        t.write(name + ".service", "[Unit]\nDefaultDependencies=no\n" + lines + "\n" + EMPTY);
    }

    @Test void orderIsKeptBothWays() throws Exception {
        unit("a", "Requires=b.service\nAfter=b.service");
        unit("b", "Wants=c.service\nAfter=c.service");
        unit("c", "");
        t.load();
        assertTrue(t.start("a").done());
        t.await("three", () -> t.order(true).size() == 3);
        assertEquals(List.of("c.service", "b.service", "a.service"), t.order(true));
        t.world.events.clear();
        for (var done : t.begin(Units.Action.STOP, List.of("c", "b", "a"))) {
            done.get();
        }
        t.await("three", () -> t.order(false).size() == 3);
        assertEquals(List.of("a.service", "b.service", "c.service"), t.order(false));
    }

    @Test void aFailureFailsWhoRequiresItAndNotWhoWantsIt() throws Exception {
        unit("needs", "Requires=bad.service\nAfter=bad.service");
        unit("likes", "Wants=bad.service\nAfter=bad.service");
        unit("help", "");
        t.write("bad.service", "[Unit]\nDefaultDependencies=no\nOnFailure=help.service\n" + BAD);
        t.load();
        assertEquals("dependency", t.start("needs").result());
        t.awaitState("help", "active/exited");
        assertTrue(t.start("likes").done());
        assertEquals("inactive/dead", t.state("needs"));
        assertTrue(t.world.log.stream().anyMatch(l -> l.contains("needs.service is not started: bad.service did not start")), t.world.log::toString);
    }

    @Test void requirementsStopWithWhatTheyRequire() throws Exception {
        unit("base", "");
        unit("required", "Requires=base.service\nAfter=base.service");
        unit("part", "PartOf=base.service\nAfter=base.service");
        unit("wanted", "Wants=base.service");
        t.load();
        t.begin(Units.Action.START, List.of("base", "required", "part", "wanted")).getLast().get();
        t.await("up", () -> t.state("part").equals("active/exited") && t.state("required").equals("active/exited"));
        assertTrue(t.run(Units.Action.RESTART, "base").done());
        t.await("restarted", () -> t.state("part").equals("active/exited") && t.state("required").equals("active/exited"));
        assertTrue(t.stop("base").done());
        t.await("stopped", () -> t.state("part").equals("inactive/dead") && t.state("required").equals("inactive/dead"));
        assertEquals("active/exited", t.state("wanted"));
    }

    @Test void boundUnitsStopWhenTheOtherEndsByItself() throws Exception {
        t.write("short.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sh -c 'until test -e DIR/end; do sleep 0.01; done'\n");
        t.write("bound.service", "[Unit]\nDefaultDependencies=no\nBindsTo=short.service\nAfter=short.service\n[Service]\nExecStart=/bin/sleep 1000\n");
        t.write("kept.service", "[Unit]\nDefaultDependencies=no\nRequires=short.service\nAfter=short.service\n[Service]\nExecStart=/bin/sleep 1000\n");
        t.load();
        assertTrue(t.start("bound").done());
        assertTrue(t.start("kept").done());
        Files.createFile(folder.resolve("end"));
        t.awaitState("bound", "inactive/dead");
        assertEquals("active/running", t.state("kept"));
    }

    @Test void conflictsStopEachOther() throws Exception {
        unit("one", "");
        unit("two", "Conflicts=one.service");
        t.load();
        t.start("one");
        assertTrue(t.start("two").done());
        t.awaitState("one", "inactive/dead");
        t.start("one");
        t.awaitState("two", "inactive/dead");
        unit("both", "Requires=one.service two.service");
        t.load();
        String trouble = t.startTrouble("both");
        assertTrue(trouble.startsWith("CONFLICT") && trouble.contains("to start and to stop at once"), trouble);
    }

    @Test void cyclesAreExplainedOrBroken() throws Exception {
        unit("x", "Requires=y.service\nAfter=y.service");
        unit("y", "Requires=z.service\nAfter=z.service");
        unit("z", "After=x.service");
        t.load();
        String trouble = t.startTrouble("x");
        assertTrue(trouble.startsWith("CYCLE")
                && trouble.contains("x.service/start after y.service/start after z.service/start after x.service/start"), trouble);
        unit("p", "Wants=q.service\nAfter=q.service");
        unit("q", "After=p.service");
        t.load();
        assertTrue(t.start("p").done());
        assertTrue(t.world.log.stream().anyMatch(l -> l.contains("q.service is left out, since units wait for each other")), t.world.log::toString);
    }

    @Test void whatIsMissingMaskedOrBadIsTold() throws Exception {
        unit("lost", "Requires=nowhere.service");
        unit("fine", "Wants=nowhere.service masked.service");
        Files.createSymbolicLink(folder.resolve("units/masked.service"), Path.of("/dev/null"));
        t.write("dbus.service", "[Service]\nType=dbus\nBusName=a.b\nExecStart=/bin/true\n");
        t.write("two.service", "[Service]\nExecStart=/bin/true\nExecStart=/bin/true\n");
        t.load();
        assertTrue(t.startTrouble("lost").contains("nowhere.service has no unit file"));
        assertTrue(t.startTrouble("masked").startsWith("MASKED"));
        assertTrue(t.startTrouble("dbus").contains("Type=dbus is not supported"), t.startTrouble("dbus"));
        assertTrue(t.startTrouble("two").contains("only Type=oneshot can have more"));
        assertTrue(t.startTrouble("t@").contains("template"));
        assertTrue(t.start("fine").done());
    }

    @Test void conditionsSkipAndAssertsFail() throws Exception {
        t.write("c.service", "[Unit]\nConditionPathExists=/no/such\n" + EMPTY);
        t.write("n.service", "[Unit]\nConditionPathExists=!/no/such\nConditionPathIsDirectory=|/no/such\nConditionPathIsDirectory=|/proc\n" + EMPTY);
        t.write("a.service", "[Unit]\nAssertPathExists=/no/such\n" + EMPTY);
        t.load();
        assertEquals("skipped", t.start("c").result());
        assertTrue(t.start("n").done());
        assertEquals("assert", t.start("a").result());
    }

    @Test void unneededUnitsStopAndUpheldOnesComeBack() throws Exception {
        unit("user", "Requires=helper.service\nAfter=helper.service");
        unit("helper", "StopWhenUnneeded=yes");
        t.write("keeper.service", "[Unit]\nDefaultDependencies=no\nUpholds=kept.service\n" + EMPTY);
        t.write("kept.service", "[Unit]\nDefaultDependencies=no\n[Service]\nExecStart=/bin/sleep 1000\n");
        t.load();
        t.start("user");
        t.stop("user");
        t.awaitState("helper", "inactive/dead");
        t.start("keeper");
        t.awaitState("kept", "active/running");
        long pid = t.status("kept").pid();
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        t.await("again", () -> t.status("kept").pid() > 0 && t.status("kept").pid() != pid);
    }

    @Test void dropInsTemplatesAliasesAndLinks() throws Exception {
        t.write("web@.service", "[Unit]\nDescription=Web %i\nDefaultDependencies=no\n" + EMPTY);
        t.write("web@.service.d/10-more.conf", "[Unit]\nDescription=Web of %I\n");
        t.write("web@one.service.d/20.conf", "[Service]\nEnvironment=X=1\n");
        t.write("service.d/all.conf", "[Service]\nEnvironment=ALL=1\n");
        Files.createSymbolicLink(folder.resolve("units/www@.service"), Path.of("web@.service"));
        t.write("all.target", "[Unit]\nDefaultDependencies=no\n");
        Files.createDirectories(folder.resolve("units/all.target.wants"));
        Files.createSymbolicLink(folder.resolve("units/all.target.wants/web@one.service"), folder.resolve("units/web@.service"));
        t.load();
        assertTrue(t.start("all.target").done());
        t.awaitState("web@one", "active/exited");
        assertEquals("web@one.service", t.status("www@one").name());
        assertEquals("Web of one", t.status("web@one").description());
        assertEquals(3, t.ask(() -> t.reports().details(t.engine.unit("web@one"), List.of()).dropIns()).size());
    }

    @Test void bundlesAreUnitsToo() throws Exception {
        t.write("shop.bundles", "[Unit]\nDefaultDependencies=no\nRequires=db.service\nAfter=db.service\n[Bundles]\nBundle=shop.api shop\n");
        unit("db", "");
        t.write("broken.bundles", "[Unit]\nDefaultDependencies=no\n[Bundles]\nBundle=broken\n");
        t.load();
        assertTrue(t.start("shop.bundles").done());
        assertEquals("active/exited", t.state("db"));
        assertEquals(Boolean.TRUE, t.world.bundles.get("shop"));
        t.world.bundles.put("shop", false);
        t.awaitState("shop.bundles", "failed/failed");
        assertEquals("failed", t.start("broken.bundles").result());
    }
}
