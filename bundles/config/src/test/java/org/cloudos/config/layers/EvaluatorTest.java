package org.cloudos.config.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.config.Constraint;
import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EvaluatorTest {
    private static final Property.Start NOTHING = new Property.Start(Map.of(), Map.of(), Map.of());
    @TempDir
    private Path folder;

    private Evaluation evaluate(Property.Start start, List<Constraint> constraints, String... texts) {
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            documents.add(Document.of(i == 0 ? Layer.MACHINE : Layer.SITE, i == 0 ? "machine.yaml" : "conf.d/" + i + ".yaml", texts[i]));
        }
        return new Evaluator(Sections.schema(), Set.of("gone"), false, new References(folder, Map.of("TOKEN", "sesame", "PORT", "99999")))
                .evaluate(documents, start, constraints);
    }

    private Evaluation evaluate(String... texts) {
        return evaluate(NOTHING, List.of(), texts);
    }

    @Test
    void theLaterLayerWins() {
        Property.Start start = new Property.Start(Map.of("cloudos.ssh.port", "1", "org.osgi.service.http.port", "81"),
                Map.of("CLOUDOS_HTTP_MODE", "safe", "CLOUDOS_TIMER_DAILY_EVERY", "5"),
                Map.of("cloudos.ssh.port", "9", "cloudos.set.http.ratio", "1.5", "org.osgi.service.http.port", "81"));
        Evaluation tree = evaluate(start, List.of(),
                "ssh:\n  port: 2\n  address: a\nhttp:\n  mode: fast\ntimer~daily:\n  at: noon\n", "ssh: {port: 3, address: b}");
        assertEquals(List.of(), tree.problems());
        assertEquals(List.of(1, 2, 3, 9), tree.layers().get("ssh.port").stream().map(s -> s.value()).toList());
        assertEquals("b", tree.setting("ssh.address").orElseThrow().value());
        assertEquals("conf.d/1.yaml:1:16", tree.setting("ssh.address").orElseThrow().source().toString());
        assertEquals("safe", tree.setting("http.mode").orElseThrow().value());
        assertEquals(1.5, tree.setting("http.ratio").orElseThrow().value());
        assertEquals(Layer.DEFAULT, tree.setting("http.on").orElseThrow().source().layer());
        assertEquals(Map.of("at", "noon", "every", 5), tree.targets().get("org.cloudos.timer~daily").values());
        // The bundle reads its own framework property; it is shown, and not delivered.
        assertEquals(81, tree.setting("http.port").orElseThrow().value());
        assertFalse(tree.targets().get("org.apache.felix.http").values().containsKey("org.osgi.service.http.port"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`ssh:;  prot: 1;`|`machine.yaml:2:3: ssh.prot: unknown; did you mean ssh.port?`",
        "`shh:;  port: 1;`|`machine.yaml:1:1: shh: no bundle declares such a section; did you mean ssh?`",
        "`port: 1;`|`machine.yaml:1:1: port: expected a section with settings below it; did you mean ssh.port?`",
        "`ssh:;  port: many;`|`machine.yaml:2:9: ssh.port: expected a whole number, found many`",
        "`ssh:;  port: 70000;`|`machine.yaml:2:9: ssh.port: expected a value from 0 to 65535, found 70000`",
        "`ssh:;  port: 022;`|`zeros in front`",
        "`ssh:;  port: '22';`|`machine.yaml:2:9: ssh.port: expected a whole number, found text in quotes`",
        "`ssh:;  port: [1];`|`machine.yaml:2:9: ssh.port: expected a whole number, found a list`",
        "`ssh:;  port: {a: 1};`|`machine.yaml:2:9: ssh.port: expected a whole number, found a section`",
        "`ssh:;  port:;`|`found nothing; without the line the default is taken`",
        "`ssh:;  port: 9999999999;`|`expected a whole number of 32 bits, found 9999999999`",
        "`ssh: 5;`|`machine.yaml:1:1: ssh: expected a section with settings below it`",
        "`ssh:;  keys: [a, b, c, d];`|`expected at most 3 values, found 4`",
        "`ssh:;  keys: [a, [b]];`|`expected a list of single values, found a list in it`",
        "`ssh:;  token: geheim;`|`expected a reference to the secret`",
        "`ssh:;  token: ${file:nowhere};`|`nowhere does not exist`",
        "`ssh:;  port: ${env:PORT};`|`expected a whole number (a value from 0 to 65535) behind ${env:PORT}, found something else`",
        "`ssh:;  token: ${env:NONE};`|`the variable NONE is not in the environment`",
        "`http:;  mode: slow;`|`expected one of fast, safe, found slow`",
        "`http:;  mode: faast;`|`did you mean fast?`",
        "`http:;  ratio: .inf;`|`ratio`",
        "`http:;  ratio: 3;`|`expected a value from 0.5 to 2, found 3.0`",
        "`http:;  on: yes;`|`expected true or false, found yes`",
        "`http:;  sizes: [5, 0];`|`expected a value at least 1, found 0`",
        "`timer: {at: noon};`|`expected an instance with a name`",
        "`timer~a/b: {at: noon};`|`expected an instance with a name`",
        "`timer~daily: {};`|`machine.yaml:1:1: timer~daily.at: is required and missing: expected text`",
        "`timer~daily: {at: ''};`|`expected text of length at least 1, found one of length 0`",
        "`timer~daily: {at: noon, evry: 3};`|`timer~daily.evry: unknown; did you mean timer~daily.every?`",
        "`ssh~x: {port: 1};`|`there is only one; expected ssh without an instance`",
        "`ssh:;  port: 1;org.cloudos.ssh:;  port: 2;`|`machine.yaml:4:3: ssh.port: duplicate key, first in line 2`",
        "`http:;  port: 1;  org.osgi.service.http.port: 2;`|`machine.yaml:3:3: http.port: duplicate key, first in line 2`"})
    void saysWhatIsWrongWhere(String text, String message) {
        Evaluation tree = evaluate(text.replace(';', '\n').replace("\\n", "\n"));
        assertFalse(tree.valid(), text);
        assertTrue(tree.problems().stream().anyMatch(p -> p.toString().contains(message)), tree.problems().toString());
        assertFalse(tree.problems().toString().contains("99999 "), "a secret's value is not told");
    }

    @Test
    void oneWrongValueKeepsTheOthersApart() {
        Evaluation tree = evaluate("ssh:\n  port: x\n  address: here\n");
        assertFalse(tree.valid());
        assertEquals(Map.of("address", "here"), tree.targets().get("org.cloudos.ssh").values());
    }

    @Test
    void spellingsOfTheSameKey() {
        for (String text : List.of(
                "ssh.port: 5", "ssh: {port: 5}", "org.cloudos.ssh: {port: 5}", "org: {cloudos: {ssh: {port: 5}}}", "org.cloudos.ssh.port: 5")) {
            Evaluation tree = evaluate(text);
            assertEquals(List.of(), tree.problems(), text);
            assertEquals(5, tree.setting("org.cloudos.ssh.port").orElseThrow().value(), text);
        }
        assertEquals(Map.of("org.osgi.service.http.port", 7), evaluate("http:\n  org:\n    osgi.service:\n      http.port: 7\n").targets()
                .get("org.apache.felix.http").values());
    }

    @Test
    void aSectionWithinASection() {
        Evaluation tree = evaluate("http:\n  port: 1\n  more:\n    deep: 5\n");
        assertEquals(List.of(), tree.problems());
        assertEquals(5, tree.setting("http.more.deep").orElseThrow().value());
        assertEquals(Map.of("deep", 5), tree.targets().get("org.cloudos.http.more").values());
    }

    @Test
    void textStaysText() {
        Evaluation tree = evaluate("ssh:\n  address: no\n  keys: [1.10, on, 2001-01-01]\n");
        assertEquals(List.of(), tree.problems());
        assertEquals("no", tree.setting("ssh.address").orElseThrow().value());
        assertEquals(List.of("1.10", "on", "2001-01-01"), tree.setting("ssh.keys").orElseThrow().value());
    }

    @Test
    void secretsStayReferences() throws Exception {
        Files.writeString(folder.resolve("secret"), "sesame\n");
        Evaluation tree = evaluate("ssh:\n  token: ${file:secret}\n  address: host-${env:TOKEN}\n");
        assertTrue(tree.valid(), tree.problems().toString());
        assertEquals("${file:secret}", tree.setting("ssh.token").orElseThrow().value());
        assertFalse(tree.toString().contains("sesame"));
        References references = new References(folder, Map.of("TOKEN", "sesame"));
        assertEquals("host-sesame", references.resolve("host-${env:TOKEN}"));
        assertEquals("sesame", references.resolve("${file:secret}"));
        assertEquals("${env:TOKEN}", references.resolve("$${env:TOKEN}"));
    }

    @Test
    void pidsThatNobodyDeclares() {
        Evaluation tree = evaluate("com.example.thing:\n  a: 1\n  b: [x, y]\n  c: {d: true}\n  e: 1.5\n");
        assertTrue(tree.valid());
        assertEquals(Problem.Severity.WARNING, tree.problems().getFirst().severity());
        assertEquals(Map.of("a", 1, "b", List.of("x", "y"), "c.d", true, "e", 1.5), tree.targets().get("com.example.thing").values());
        assertTrue(evaluate("com.example.thing: {a: no}").problems().toString().contains("expected true or false, found no"));
        assertTrue(evaluate("gone: {a: 1}").valid(), "its bundle was here once");
    }

    @Test
    void contradictionsAreFound() {
        Constraint different = proposal -> proposal.value("ssh.port").equals(proposal.value("http.port"))
                ? List.of(new Constraint.Violation(List.of("ssh.port", "http.port"), "expected different ports")) : List.of();
        Constraint broken = proposal -> {
            throw new IllegalStateException("oops");
        };
        Evaluation tree = evaluate(NOTHING, List.of(different, broken), "ssh: {port: 8080}");
        assertEquals("machine.yaml:1:7: ssh.port, http.port: expected different ports", tree.problems().getFirst().toString());
        assertEquals(Problem.Severity.WARNING, tree.problems().getLast().severity());
    }

    @Test
    void wrongVariablesAreToldAndLeftOut() {
        Property.Start start = new Property.Start(Map.of(), Map.of("CLOUDOS_SSH_PROT", "1", "CLOUDOS_SSH_PORT", "x", "OTHER", "1"),
                Map.of("cloudos.set.nothing", "1"));
        Evaluation tree = evaluate(start, List.of(), "");
        assertTrue(tree.valid());
        assertEquals(3, tree.problems().size(), tree.problems().toString());
        assertTrue(tree.problems().toString().contains("did you mean CLOUDOS_SSH_PORT?"));
        assertEquals(2222, tree.setting("ssh.port").orElseThrow().value());
    }

    @Test
    void differencesAreOfWhatIsInForce() {
        Evaluation before = evaluate("ssh: {port: 2222}");
        assertEquals(List.of(), before.since(evaluate("")), "the default was set");
        assertEquals("[Difference[key=ssh.port, before=2222, after=5]]", evaluate("ssh: {port: 5}").since(before).toString());
        assertEquals("[Difference[key=timer~x.at, before=noon, after=null]]", evaluate("").since(evaluate("timer~x: {at: noon}")).toString());
    }
}
