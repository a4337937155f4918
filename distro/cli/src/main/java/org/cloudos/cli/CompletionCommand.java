package org.cloudos.cli;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Prints a completion script for bash and zsh. */
@Command(name = "completion", header = "Prints a script that completes commands, options and profiles in bash and zsh.",
        footer = {"", "Example:", "  source <(./cloudos completion)"})
final class CompletionCommand implements Callable<Integer> {
    private final Console console;

    @Spec private CommandSpec spec;

    CompletionCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        CommandLine root = spec.root().commandLine();
        console.print(AutoComplete.bash(root.getCommandName(), root));
        return Failure.OK;
    }
}
