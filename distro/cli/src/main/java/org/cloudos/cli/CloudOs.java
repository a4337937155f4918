package org.cloudos.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root command, and the options that every command has. */
@Command(name = "cloudos", synopsisSubcommandLabel = "COMMAND", sortOptions = false,
        header = "Assembles, runs, boots and looks after CloudOS, an operating system made of OSGi bundles.",
        footer = {"", "Examples:",
            "  ./cloudos run                                a shell in the profile 'minimal', on this machine's JVM",
            "  ./cloudos run server --exec os:status        one command, then the system shuts down",
            "  ./cloudos boot                               the same system booted in QEMU",
            "  ./cloudos deploy app.jar --to localhost:2222 into a running system",
            "", "Exit codes: 0 ok, 1 failed, 2 wrong usage, 124 time-out."})
public final class CloudOs implements Runnable {
    @Spec private CommandSpec spec;

    private final Console console;

    CloudOs(Console console) {
        this.console = console;
    }

    @Option(names = {"-q", "--quiet"}, scope = ScopeType.INHERIT, description = "Say only what is wrong.")
    void quiet(boolean on) {
        if (on) {
            console.level(Console.Level.QUIET);
        }
    }

    @Option(names = {"-v", "--verbose"}, scope = ScopeType.INHERIT, description = "Say more; show where errors come from.")
    void verbose(boolean on) {
        if (on) {
            console.level(Console.Level.VERBOSE);
        }
    }

    @Option(names = {"-h", "--help"}, usageHelp = true, scope = ScopeType.INHERIT, description = "Show this help.")
    private boolean help;

    @Override public void run() {
        spec.commandLine().usage(System.out, CommandLine.Help.Ansi.AUTO);
    }
}
