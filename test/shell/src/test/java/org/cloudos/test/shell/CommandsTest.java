package org.cloudos.test.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lines given by {@code --exec}, as scripts give them. */
class CommandsTest {
    @TempDir
    private static Path folder;
    private static Home home;

    @BeforeAll
    static void assemble() throws Exception {
        home = new Home(folder.resolve("home"), "");
    }

    private static Run exec(String... lines) throws Exception {
        List<String> options = new ArrayList<>();
        for (String line : lines) {
            options.addAll(List.of("--exec", line));
        }
        return Run.of(home.folder(), home.command(folder.resolve("data"), options.toArray(String[]::new)), new byte[0]);
    }

    @Test
    void showTheSystem() throws Exception {
        Run run = exec("os:status", "os:memory --json", "os:boottime --json", "bundle:list --json", "bundle:why org.jline",
                "os:subsystems", "log:tail", "bundle:history", "help", "help log:tail", "help bundle", "help log", "status");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("profile       test"), run.toString());
        assertTrue(run.out().matches("(?s).*\\{\"total\":\\d+,\"used\":\\d+,.*"), run.toString());
        assertTrue(run.out().contains("\"symbolicName\":\"org.cloudos.shell\""), run.toString());
        assertTrue(run.out().contains("package  org.jline"), run.toString());
        assertTrue(run.out().contains("--level, -l VALUE"), run.toString());
        assertTrue(run.out().matches("(?s).*\nCOMMAND +DESCRIPTION *\n(bundle:\\S+ [^\n]*\n){5,}.*"), "help of a scope\n" + run);
        assertTrue(run.out().matches("(?s).*\nCOMMAND +DESCRIPTION *\nlog:\\S+ [^\n]*\n.*"), "a scope that Felix has a command of\n" + run);
        assertFalse(run.out().contains("\033"), "no colours without a terminal");
    }

    @Test
    void readProcAndSys() throws Exception {
        Run run = exec("cat /proc/meminfo | grep MemTotal", "head -n 1 /proc/cpuinfo", "tail -n 1 /proc/meminfo",
                "grep VmRSS /proc/self/status", "less /proc/version", "ls /proc/self", "ls /sys", "cat /sys/kernel/mm/transparent_hugepage/enabled",
                "wc /proc/version");
        assertEquals(0, run.status(), run.toString());
        for (String expected : List.of("MemTotal:", "processor", "VmRSS:", "Linux version", "kernel")) {
            assertTrue(run.out().contains(expected), expected + " is missing\n" + run);
        }
    }

    @Test
    void failuresAreToldInWordsAndByTheStatus() throws Exception {
        String[][] cases = {
            {"os:statsu", "Unknown command: os:statsu. Did you mean os:status?"},
            {"log:tail --levl warn", "unknown option --levl. Did you mean --level?"},
            {"log:tail --level loud", "expected error, warn, info, debug or trace, found loud"},
            {"cat /nonexistent", "cat: /nonexistent: no such file or folder"},
            {"cat /proc", "cat: /proc: is a folder"},
            {"bundle:why nothing", "No bundle nothing is installed."},
            {"bundle:install /nonexistent.jar", "/nonexistent.jar: no such file."},
            {"bundle:install g:a:1", "Maven coordinates need a repository"},
            {"bundle:swap /proc/version", "is no jar, or damaged"},
            {"bundle:install --trial soon x.jar", "--trial: expected a duration"},
            {"throw gone", "gone"}};
        Run all = exec(Arrays.stream(cases).map(c -> c[0]).toArray(String[]::new));
        assertEquals(1, all.status(), all.toString());
        for (String[] expected : cases) {
            assertTrue(all.err().contains(expected[1]), expected[0] + "\n" + all);
        }
        Run command = exec("cat /nonexistent"); // tells by a status, throws nothing
        assertEquals(1, command.status(), command.toString());
        Run list = exec("ls /nonexistent");
        assertEquals(1, list.status(), list.toString());
        assertTrue(list.err().contains("/nonexistent: no such file or folder"), list.toString());
    }

    /** It would be in use for ever: a volume could not be unmounted. */
    @Test
    void aFolderThatWasListedIsNotKeptOpen() throws Exception {
        Run run = exec("ls /sys/kernel", "ls -l /proc/self/fd");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("-> /proc/"), "links show where they lead: " + run);
        assertFalse(run.out().contains("-> /sys/kernel"), run.toString());
    }

    @Test
    void installSwapAndRollBack() throws Exception {
        String api = jar("greeter.api");
        String greeter = jar("greeter");
        Run run = exec("bundle:install --trial 100ms " + api + " " + greeter, "bundle:list", "bundle:history",
                "bundle:rollback org.cloudos.greeter", "bundle:history --json");
        assertEquals(0, run.status(), run.toString());
        assertTrue(run.out().contains("org.cloudos.greeter 1.0.0 installed"), run.toString());
        assertTrue(run.out().contains("DEPLOYED"), run.toString());
        assertTrue(run.out().contains("org.cloudos.greeter 1.0.0 removed"), run.toString());
        assertTrue(run.out().contains("\"kind\":\"rollback\""), run.toString());
    }

    static String jar(String module) {
        for (String entry : System.getProperty("java.class.path").split(java.io.File.pathSeparator)) {
            if (entry.matches(".*/" + module.replace(".", "\\.") + "-[\\d.]+\\.jar")) {
                return entry;
            }
        }
        throw new IllegalStateException("no jar of " + module);
    }
}
