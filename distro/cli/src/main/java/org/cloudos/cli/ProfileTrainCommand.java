package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.home.Assembly;
import org.cloudos.cli.profile.Profiles;
import org.cloudos.image.CdsArchive;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the class lists of profiles. */
@Command(name = "train", header = "Runs a profile once and writes the list of classes for its archive.",
        description = {"", "The list stands beside the profile, NAME.classlist: with it images are the same everywhere. An old list only"
            + " makes the start slower."},
        footer = {"", "Example:", "  ./cloudos profile train server"})
final class ProfileTrainCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "PROFILE", completionCandidates = ProfileNames.class,
            description = "Names or paths; none means all that come with CloudOS.")
    private List<String> names = List.of();

    ProfileTrainCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        Checkout checkout = Checkout.find();
        for (String name : names.isEmpty() ? new Profiles(checkout.profiles()).names() : names) {
            Assembly.Assembled assembled = new Assembly(checkout, console).booted(name);
            Path list = Assembly.ownClassList(assembled.profile());
            try (Progress progress = console.progress("Running " + assembled.profile().name())) {
                new CdsArchive(Path.of(System.getProperty("java.home"), "bin", "java"), assembled.home()).train(list);
                progress.done(Files.readAllLines(list).size() + " lines in " + list);
            }
        }
        return Failure.OK;
    }
}
