package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The host command as scripts use it, with what people get wrong. */
class ExecTest {
    @TempDir
    Path home;

    @Test
    void runsCommandsAndShutsDown() throws Exception {
        Command run = run("--exec", "echo one", "--exec", "os:memory --json").expect(0);
        assertTrue(run.out().startsWith("one\n"), run.toString());
        assertTrue(run.out().contains("\"total\":"), run.toString());
    }

    @Test
    void aFailingCommandFailsTheRun() throws Exception {
        run("--exec", "no:such", "--exec", "echo after").expect(1);
    }

    @Test
    void aHangingCommandIsEndedByTheTimeout() throws Exception {
        run("--timeout", "15", "--exec", "sleep 600").expect(124);
    }

    @Test
    void bootRunsCommandsOnALittleMachine() throws Exception {
        Command boot = Command.cloudos(home, Limits.START, "boot", "minimal", "--port", Integer.toString(Machine.freePort()),
                "--exec", "os:memory --json", "--exec", "no:such").expect(1);
        assertTrue(boot.out().contains("\"used\":"), boot.toString());
    }

    @Test
    void optionsMayStandBeforeTheCommand() throws Exception {
        Command run = Command.cloudos(home, Limits.START, "-q", "run", "minimal", "--port", "0", "--data", home.resolve("data").toString(), "--exec",
                "echo one").expect(0);
        assertEquals("one", run.out().strip());
    }

    @Test
    void tooLittleMemoryIsSaid() throws Exception {
        Command boot = Command.cloudos(home, Limits.START, "boot", "minimal", "--port", Integer.toString(Machine.freePort()),
                "--memory", "128", "--timeout", "600", "--exec", "os:status");
        assertFalse(boot.status() == 0, boot.toString());
        assertTrue(boot.all().contains("not enough memory"), boot.toString());
    }

    @Test
    void mistakesAreAnsweredWithTheNearestName() throws Exception {
        assertTrue(cloudos(2, "bot").all().contains("boot"));
        assertTrue(cloudos(2, "run", "minimol").all().contains("minimal"));
        assertTrue(cloudos(2, "run", "--exce", "x").all().contains("--exec"));
        assertTrue(cloudos(2, "image", "minimal", "--arch", "x86_65").all().contains("x86_64"));
    }

    @Test
    void aProfileThatIncludesItselfIsExplained() throws Exception {
        Path a = Files.writeString(home.resolve("a.bndrun"), "-include: b.bndrun\n");
        Files.writeString(home.resolve("b.bndrun"), "-include: a.bndrun\n");
        Command run = Command.cloudos(home, Limits.COMMAND, "profile", "resolve", a.toString());
        assertFalse(run.status() == 0, run.toString());
        assertTrue(run.all().contains("includes itself"), run.toString());
    }

    @Test
    void aMissingBundleIsNamed() throws Exception {
        Path mine = Files.writeString(home.resolve("mine.bndrun"),
                "-include: minimal\n-runrequires.mine: bnd.identity;id='org.example.nowhere'\n");
        Command run = Command.cloudos(home, Limits.COMMAND, "profile", "resolve", mine.toString());
        assertFalse(run.status() == 0, run.toString());
        assertTrue(run.all().contains("org.example.nowhere"), run.toString());
        assertEquals("", run.out());
    }

    private Command run(String... more) throws Exception {
        String[] fixed = {"run", "minimal", "--port", "0", "--data", home.resolve("data").toString()};
        String[] all = new String[fixed.length + more.length];
        System.arraycopy(fixed, 0, all, 0, fixed.length);
        System.arraycopy(more, 0, all, fixed.length, more.length);
        return Command.cloudos(home, Limits.START, all);
    }

    private Command cloudos(int status, String... words) throws Exception {
        return Command.cloudos(home, Limits.COMMAND, words).expect(status);
    }
}
