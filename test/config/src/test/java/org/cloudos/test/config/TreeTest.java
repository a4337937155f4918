package org.cloudos.test.config;

import static org.cloudos.test.config.TestSystem.await;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.felix.hc.api.Result;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.Constraint;
import org.cloudos.config.Edit;
import org.cloudos.config.Problem;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Changes, from a file or a command to what a bundle is given. */
@Timeout(300)
class TreeTest {
    private static final String WEB = "org.cloudos.test.web", DOOR = "org.cloudos.test.door", TIMER = "org.cloudos.test.timer";
    private static final Change.Options EDIT = Change.Options.edit("test");
    @TempDir
    private Path folder;
    private TestSystem system;

    @BeforeEach
    void start() throws Exception {
        system = new TestSystem(folder);
        system.listen(WEB);
        system.listen(DOOR);
    }

    @AfterEach
    void stop() throws Exception {
        system.close();
    }

    private Change set(String key, String value) throws ConfigException {
        return system.tree().change(Edit.set(key, value), EDIT);
    }

    private String invalid(String key, String value) {
        return assertThrows(ConfigException.class, () -> set(key, value)).getMessage();
    }

    @Test
    void aFileThatChangesTouchesItsPidAlone() throws Exception {
        system.write("machine.yaml", "test.web:\n  port: 81\n  hosts: [a, b]\n");
        await(() -> system.delivered.get(WEB).size() == 2);
        assertEquals(81, system.last(WEB).get("port"));
        assertArrayEquals(new String[] {"a", "b"}, (String[]) system.last(WEB).get("hosts"));
        system.write("conf.d/10-door.yaml", "test.door: {port: 2}");
        await(() -> system.delivered.get(DOOR).size() == 2);
        assertEquals(Map.of("port", 2), system.last(DOOR));
        assertEquals(2, system.delivered.get(WEB).size());
        Files.delete(system.data.resolve("config/conf.d/10-door.yaml"));
        await(() -> system.delivered.get(DOOR).size() == 3);
        assertNull(system.last(DOOR), "nothing is set any more");
        await(() -> system.tree().history().size() == 3);
        assertEquals(List.of(WEB), system.tree().history().getFirst().pids());
        assertEquals(Change.Kind.RELOAD, system.tree().history().getFirst().kind());
    }

    @Test
    void instancesOfAFactoryComeAndGo() throws Exception {
        system.listenToFactory(TIMER);
        set("test.timer~daily.at", "noon");
        await(() -> system.delivered.containsKey(TIMER + "~daily"));
        assertEquals("noon", system.last(TIMER + "~daily").get("at"));
        set("test.timer~daily.every", "5");
        await(() -> system.delivered.get(TIMER + "~daily").size() == 2);
        assertEquals(5L, system.last(TIMER + "~daily").get("every"));
        assertTrue(invalid("test.timer~weekly.every", "5").contains("test.timer~weekly.at: is required and missing"));
        system.tree().change(List.of(new Edit.Unset(Edit.MACHINE, "test.timer~daily.at"), new Edit.Unset(Edit.MACHINE, "test.timer~daily.every")), EDIT);
        await(() -> system.last(TIMER + "~daily") == null);
    }

    @Test
    void whatIsWrongChangesNothing() throws Exception {
        set("test.web.port", "81");
        assertEquals("machine.yaml:2:9: test.web.port: expected a value from 0 to 65535, found 65536", invalid("test.web.port", "65536"));
        assertEquals("test.web.prot: unknown; did you mean test.web.port?", invalid("test.web.prot", "1"));
        assertTrue(invalid("test.web.token", "geheim").contains("expected a reference to the secret"));
        system.context().registerService(Constraint.class, proposal -> proposal.value("test.web.port").equals(Optional.of(99))
                ? List.of(new Constraint.Violation(List.of("test.web.port"), "expected no 99")) : List.of(), null);
        assertTrue(invalid("test.web.port", "99").contains("expected no 99"));
        assertTrue(invalid("test.door.port", "81").contains("expected different ports, found 81 for both"));
        assertEquals("test.web:\n  port: 81\n", system.read("machine.yaml"));
        assertEquals(1, system.tree().history().size());
    }

    @Test
    void aFileThatCanNotBeReadIsNotEdited() throws Exception {
        set("test.web.port", "81");
        byte[] broken = {'t', 'e', 's', 't', ':', '\n', ' ', (byte) 0xff};
        Files.write(system.data.resolve("config/machine.yaml"), broken);
        assertEquals("machine.yaml:2:2: expected UTF-8, found the byte 0xFF", invalid("test.web.port", "82"));
        assertArrayEquals(broken, Files.readAllBytes(system.data.resolve("config/machine.yaml")), "what somebody wrote is still there");
        assertEquals(81, system.tree().setting("test.web.port").orElseThrow().value());
    }

    @Test
    void aBrokenFileLeavesTheSystemAsItIs() throws Exception {
        set("test.web.port", "81");
        await(() -> system.delivered.get(WEB).size() == 2);
        system.write("machine.yaml", "test.web:\n\tport: 82\n");
        await(() -> !system.tree().problems().isEmpty());
        Problem problem = system.tree().problems().getFirst();
        assertEquals("machine.yaml:2:1", problem.source().toString());
        assertThrows(ConfigException.Invalid.class, () -> system.tree().reload());
        assertEquals(2, system.delivered.get(WEB).size());
        assertEquals(81, system.tree().setting("test.web.port").orElseThrow().value());
        restart();
        await(() -> hasPort(81)); // the last valid revision, after a restart too
        assertFalse(system.tree().problems().isEmpty());
        system.write("machine.yaml", "test.web:\n  port: 83\n");
        await(() -> hasPort(83));
        await(() -> system.tree().problems().isEmpty());
    }

    private boolean hasPort(int port) {
        Map<String, Object> last = system.last(WEB);
        return last != null && Integer.valueOf(port).equals(last.get("port"));
    }

    private void restart() throws Exception {
        system.close();
        system = new TestSystem(folder);
        system.listen(WEB);
        system.listen(DOOR);
    }

    @Test
    void secretsAreDeliveredAndNotShown() throws Exception {
        Path secret = folder.resolve("secret");
        Files.writeString(secret, "sesame\n");
        set("test.web.token", "${file:" + secret + "}");
        await(() -> system.delivered.get(WEB).size() == 2);
        assertEquals("sesame", system.last(WEB).get("token"));
        ConfigurationAdmin admin = system.service(ConfigurationAdmin.class);
        for (Configuration configuration : admin.listConfigurations(null)) {
            assertFalse(configuration.getProperties().toString().contains("sesame"));
        }
        assertFalse(system.tree().settings(true).toString().contains("sesame"));
        assertFalse(system.tree().history().toString().contains("sesame"));
        Files.writeString(secret, "open\n");
        assertTrue(system.tree().reload().isEmpty(), "nothing differs but the secret");
        await(() -> system.delivered.get(WEB).size() == 3);
        assertEquals("open", system.last(WEB).get("token"));
        Files.delete(secret);
        assertThrows(ConfigException.Invalid.class, () -> system.tree().reload());
    }

    @Test
    void aTrialIsConfirmedOrGoesBack() throws Exception {
        set("test.web.port", "81");
        Change tried = system.tree().change(Edit.set("test.web.port", "82"), Change.Options.trial("test", Duration.ofMinutes(10)));
        assertEquals(Change.Outcome.ON_TRIAL, tried.outcome());
        await(() -> hasPort(82));
        assertTrue(invalid("test.web.port", "83").contains("on trial"));
        system.tree().cancel("test");
        await(() -> hasPort(81));
        assertEquals("test.web:\n  port: 81\n", system.read("machine.yaml"));
        system.tree().change(Edit.set("test.web.port", "84"), Change.Options.trial("test", Duration.ofMinutes(10)));
        system.tree().confirm();
        assertEquals(List.of(Change.Outcome.APPLIED, Change.Outcome.TAKEN_BACK, Change.Outcome.APPLIED),
                system.tree().history().stream().map(Change::outcome).toList());
        system.tree().change(Edit.set("test.web.port", "85"), Change.Options.trial("test", Duration.ofMillis(100)));
        await(() -> system.tree().trial().isEmpty());
        assertEquals(84, system.tree().setting("test.web.port").orElseThrow().value());
        assertTrue(system.tree().history().getLast().reason().contains("not confirmed"));
    }

    @Test
    void badHealthTakesATrialBack() throws Exception {
        system.tree().change(Edit.set("test.web.port", "82"), Change.Options.trial("test", Duration.ofMinutes(10)));
        system.health = Result.Status.CRITICAL;
        await(() -> system.tree().trial().isEmpty());
        assertTrue(system.tree().history().getLast().reason().contains("health check told CRITICAL: as told"));
        assertEquals(8080, system.tree().setting("test.web.port").orElseThrow().value());
        // What was bad before does not count.
        system.tree().change(Edit.set("test.web.port", "82"), Change.Options.trial("test", Duration.ofMinutes(10)));
        system.tree().confirm();
    }

    @Test
    void aTrialThatIsCutGoesBackAtTheNextBoot() throws Exception {
        set("test.web.port", "81");
        system.tree().change(Edit.set("test.web.port", "82"), Change.Options.trial("test", Duration.ofMinutes(10)));
        restart();
        await(() -> hasPort(81));
        assertEquals("test.web:\n  port: 81\n", system.read("machine.yaml"));
        assertEquals(Change.Outcome.TAKEN_BACK, system.tree().history().getLast().outcome());
    }

    @Test
    void rollbackAndDifferences() throws Exception {
        set("test.web.port", "81");
        set("test.web.name", "it's: a #name");
        system.tree().change(List.of(new Edit.Set("conf.d/site.yaml", "test.door.port", "3")), EDIT);
        assertEquals(2, system.tree().difference(1, 3).size());
        Change back = system.tree().rollback(1, EDIT);
        assertEquals(List.of("test.door.port", "test.web.name"), back.differences().stream().map(Change.Difference::key).toList());
        assertFalse(Files.exists(system.data.resolve("config/conf.d/site.yaml")));
        await(() -> system.last(DOOR) == null);
        assertThrows(ConfigException.Refused.class, () -> system.tree().rollback(99, EDIT));
    }

    @Test
    void aLayerAboveIsTold() throws Exception {
        system.tree().change(List.of(new Edit.Set("conf.d/site.yaml", "test.web.port", "3")), EDIT);
        assertEquals("test.web.port is set by conf.d/site.yaml:2:3, which wins over machine.yaml; use --in conf.d/site.yaml",
                invalid("test.web.port", "4"));
        assertEquals(List.of("DEFAULT", "SITE"), system.tree().explain("test.web.port").layers().stream().map(s -> s.source().layer().name()).toList());
    }

    @Test
    void whatIsWrittenByOthersStays() throws Exception {
        Configuration other = system.service(ConfigurationAdmin.class).getConfiguration("somebody.else", "?");
        other.update(TestSystem.properties("a", 1));
        set("test.web.port", "81");
        assertEquals(1, other.getProperties().get("a"));
        assertEquals(2, Arrays.stream(system.service(ConfigurationAdmin.class).listConfigurations(null)).count());
    }
}
