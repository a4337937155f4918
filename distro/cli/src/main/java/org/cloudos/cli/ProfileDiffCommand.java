package org.cloudos.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.profile.CompleteProfile;
import org.cloudos.cli.profile.ProfileDifference;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Compares two profiles. */
@Command(name = "diff", header = "Shows what is different between two profiles.")
final class ProfileDiffCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "P", completionCandidates = ProfileNames.class,
            description = "Name or path of a profile.")
    private String first;

    @Parameters(index = "1", paramLabel = "Q", completionCandidates = ProfileNames.class, description = "Name or path of another.")
    private String second;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    ProfileDiffCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        Checkout checkout = Checkout.find();
        ProfileDifference difference = ProfileDifference.of(CompleteProfile.find(first, checkout, console).profile(),
                CompleteProfile.find(second, checkout, console).profile());
        if (json) {
            console.json(difference);
            return Failure.OK;
        }
        print("Requires", difference.requires());
        print("Bundles", difference.bundles());
        print("Properties", difference.properties());
        print("JVM options", difference.vm());
        if (difference.isEmpty()) {
            console.print("No difference.");
        }
        return Failure.OK;
    }

    private void print(String head, List<ProfileDifference.Line> lines) {
        if (!lines.isEmpty()) {
            console.print(head);
            lines.forEach(line -> console.print("  " + line));
        }
    }
}
