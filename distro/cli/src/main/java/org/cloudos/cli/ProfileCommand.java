package org.cloudos.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups the commands about profiles. */
@Command(name = "profile", header = "Lists, shows, resolves and compares profiles.", synopsisSubcommandLabel = "COMMAND",
        footer = {"", "Examples:", "  ./cloudos profile show server", "  ./cloudos profile resolve ./my.bndrun",
            "  ./cloudos profile diff minimal server"})
final class ProfileCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected one of: "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
