package org.cloudos.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.cli.bench.Bench;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandsTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream(), err = new ByteArrayOutputStream();
    private final Console console = new Console(new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8), false);

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "bot                       | Unknown command 'bot'. Did you mean 'boot'?",
        "boot --arch aarch65       | Unknown architecture 'aarch65'.",
        "prfile list               | Unknown command 'prfile'. Did you mean 'profile'?",
        "run --exce x              | Unknown option '--exce'. Did you mean '--exec'?",
        "run minmal                | There is no profile 'minmal'. Did you mean 'minimal'?",
        "run a b                   | Nothing more was expected, found 'b'.",
        "run --timeout x           | Invalid value for option '--timeout'",
        "run --timeout 0           | --timeout: expected a number of seconds above 0, found 0",
        "run --port 70000          | --port: expected 0 to 65535, found 70000",
        "profile                   | Expected one of: list, show, resolve,",
        "deploy x.jar              | Missing required option",
        "deploy /none.jar --to box | There is no file /none.jar",
        "new bundle Bad-Name       | A bundle's name is words of lower-case letters",
        "new bundle int            | A bundle's name is words of lower-case letters",
        "image minimal --arch x86   | Unknown architecture 'x86'. Did you mean 'x86_64'?",
        "image minimal --format dsk | Unknown image format 'dsk'. Did you mean 'disk'?",
        "bench nothing             | There is no benchmark 'nothing'."})
    void wrongUsageIsExitCode2AndSaysWhatWasMeant(String line, String message) {
        assertEquals(Failure.USAGE, Main.run(console, line.split(" ")));
        String told = err.toString(StandardCharsets.UTF_8);
        assertTrue(told.startsWith("error: " + message), told);
        assertFalse(told.contains("\tat "), "no stack trace");
    }

    @Test void everyCommandHasHelpAndRootHasExamples() {
        Main.commandLine(console).getSubcommands().forEach((name, command) -> {
            String usage = command.getUsageMessage();
            assertTrue(usage.contains("Usage: cloudos " + name), usage);
            assertTrue(command.getCommandSpec().usageMessage().header().length > 0, name);
        });
        assertTrue(Main.commandLine(console).getUsageMessage().contains("Examples:"));
    }

    @Test void completionKnowsCommandsAndProfiles() {
        assertEquals(0, Main.run(console, "completion"));
        String script = out.toString(StandardCharsets.UTF_8);
        assertTrue(script.contains("_complete_cloudos") && script.contains("\"server\"") && script.contains("--exec"), "script");
    }

    @Test void nearestNames() {
        List<String> names = List.of("boot", "bench", "run", "profile");
        assertEquals(" Did you mean 'boot'?", NearestName.question("boto", names));
        assertEquals(" Did you mean 'profile'?", NearestName.question("prof", names));
        assertEquals("", NearestName.question("zzzzzz", names));
    }

    @Test void progressTellsItsBeginningEndAndTime() {
        List<String> told = new ArrayList<>();
        AtomicLong clock = new AtomicLong();
        try (Progress progress = new Progress("Working", told::add, false, clock::get)) {
            progress.step("half");
            clock.set(1_500_000_000L);
            progress.done("fine");
        }
        assertEquals(List.of("Working ...\n", "  half\n", "Working: fine (1.5 s)\n"), told);
    }

    @Test void aStepThatBreaksIsTold() {
        List<String> told = new ArrayList<>();
        new Progress("Working", told::add, false, () -> 0).close();
        assertEquals("Working: failed (0.0 s)\n", told.getLast());
    }

    @Test void tables() {
        assertEquals("A     B\nlong  x", new Table("A", "B").row("long", "x").toString());
    }

    @Test void measures() {
        Bench.Measure ratio = new Bench.Measure("start", 1, 4, "s", 0.25, false);
        assertTrue(ratio.reached());
        assertFalse(new Bench.Measure("start", 1.1, 4, "s", 0.25, false).reached());
        assertTrue(new Bench.Measure("rate", 10_000, Double.NaN, "calls/s", 10_000, true).reached());
        assertTrue(BenchCommand.table(List.of(ratio)).contains("0.25"));
    }

    @Test void newModulesFindTheirPlace() {
        String pom = "  <modules>\n    <module>cnf</module>\n    <module>bundles/log</module>\n    <module>distro/cli</module>\n  </modules>\n";
        assertTrue(NewBundleCommand.withModule(pom, "bundles/clock").contains("log</module>\n    <module>bundles/clock</module>\n"));
        assertTrue(NewBundleCommand.withModule(pom, "fs.bundle/fs.api").contains("<module>fs.bundle/fs.api</module>\n    <module>distro"));
        assertTrue(new BundleTemplate("fs.ram", "0.1.0", 2).files().get("pom.xml").contains("<relativePath>../../cnf/pom.xml"));
        assertEquals("Ram", new BundleTemplate("fs.ram", "0.1.0", 2).component());
    }
}
