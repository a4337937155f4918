package org.cloudos.cli;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.image.ImageException;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Where {@code ./cloudos} gets into Java. */
public final class Main {
    private Main() { }

    /** Runs one command. */
    public static void main(String[] args) {
        System.exit(run(Console.ofProcess(), args));
    }

    static int run(Console console, String... args) {
        CommandLine root = commandLine(console);
        int split = List.of(args).indexOf("--");
        if (split > 0 && root.getSubcommands().get(args[0]) != null
                && root.getSubcommands().get(args[0]).getCommand() instanceof BootCommand boot) {
            boot.qemuArguments(List.of(args).subList(split + 1, args.length));
            return root.execute(List.of(args).subList(0, split).toArray(String[]::new));
        }
        return root.execute(args);
    }

    /** All commands. */
    static CommandLine commandLine(Console console) {
        CommandLine root = new CommandLine(new CloudOs(console));
        root.addSubcommand(new RunCommand(console));
        root.addSubcommand(new BootCommand(console));
        root.addSubcommand(new ImageCommand(console));
        root.addSubcommand(profileCommand(console));
        root.addSubcommand(new DeployCommand(console));
        root.addSubcommand(FsCommand.all(console));
        root.addSubcommand(new BenchCommand(console));
        root.addSubcommand(new TestCommand());
        root.addSubcommand(new CommandLine(new NewCommand()).addSubcommand(new NewBundleCommand(console)));
        root.addSubcommand(new CompletionCommand(console));
        root.setUsageHelpWidth(100).setUsageHelpAutoWidth(false);
        root.setParameterExceptionHandler((e, unused) -> wrongUsage(console, e));
        root.setExecutionExceptionHandler((e, unused1, unused2) -> failed(console, e));
        return root;
    }

    private static CommandLine profileCommand(Console console) {
        return new CommandLine(new ProfileCommand())
                .addSubcommand(new ProfileListCommand(console))
                .addSubcommand(new ProfileShowCommand(console))
                .addSubcommand(new ProfileResolveCommand(console))
                .addSubcommand(new ProfileTrainCommand(console))
                .addSubcommand(new ProfileDiffCommand(console));
    }

    private static int failed(Console console, Exception problem) {
        if (problem instanceof ImageException) {
            console.error(new Failure(problem.getMessage()));
            return Failure.FAILED;
        }
        if (problem instanceof Failure failure) {
            console.error(failure);
            return failure.exitCode();
        }
        console.unexpected(problem);
        return Failure.FAILED;
    }

    private static int wrongUsage(Console console, ParameterException e) {
        CommandLine command = e.getCommandLine();
        List<String> advice = new ArrayList<>();
        String message = e.getMessage();
        if (e instanceof UnmatchedArgumentException unmatched && !unmatched.getUnmatched().isEmpty()) {
            String typed = unmatched.getUnmatched().getFirst();
            message = typed.startsWith("-")
                    ? "Unknown option '" + typed + "'." + NearestName.question(typed, options(command))
                    : !command.getSubcommands().isEmpty()
                    ? "Unknown command '" + typed + "'." + NearestName.question(typed, command.getSubcommands().keySet())
                    : "Nothing more was expected, found '" + typed + "'.";
        }
        advice.add("Help: ./cloudos" + command.getCommandSpec().qualifiedName(" ").replaceFirst("^cloudos", "") + " --help");
        console.error(Failure.usage(message, advice.toArray(String[]::new)));
        return Failure.USAGE;
    }

    private static List<String> options(CommandLine command) {
        return command.getCommandSpec().options().stream().flatMap(o -> List.of(o.names()).stream()).toList();
    }
}
