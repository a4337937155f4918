package org.cloudos.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Groups what makes new parts of CloudOS. */
@Command(name = "new", header = "Makes a new bundle.", synopsisSubcommandLabel = "COMMAND")
final class NewCommand implements Runnable {
    @Spec private CommandSpec spec;

    @Override public void run() {
        throw new CommandLine.ParameterException(spec.commandLine(), "Expected one of: "
                + String.join(", ", spec.subcommands().keySet()));
    }
}
