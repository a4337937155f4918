package org.cloudos.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.profile.LockedList;
import org.cloudos.cli.profile.MavenArtifacts;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.ProfileDifference;
import org.cloudos.cli.profile.Profiles;
import org.cloudos.cli.profile.Repository;
import org.cloudos.cli.profile.Resolution;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Resolves profiles and writes their locked lists. */
@Command(name = "resolve", header = "Resolves a profile and writes its locked list of bundles (-runbundles).",
        footer = {"", "Examples:", "  ./cloudos profile resolve server", "  ./cloudos profile resolve --check   all, for CI"})
final class ProfileResolveCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..*", paramLabel = "PROFILE", completionCandidates = ProfileNames.class,
            description = "Names or paths; none means all that come with CloudOS.")
    private List<String> names = List.of();

    @Option(names = "--check", description = "Write nothing; fail when a locked list is out of date.")
    private boolean check;

    @Option(names = "--json", description = "Print the lists as JSON.")
    private boolean json;

    record Result(String profile, boolean changed, List<ProfileDifference.Line> changes, List<Profile.LockedBundle> bundles) { }

    ProfileResolveCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        Checkout checkout = Checkout.find();
        Profiles profiles = new Profiles(checkout.profiles());
        List<Result> results = new ArrayList<>();
        for (String name : names.isEmpty() ? profiles.names() : names) {
            results.add(resolve(checkout, profiles.find(name)));
        }
        if (json) {
            console.json(results);
        }
        List<String> stale = results.stream().filter(Result::changed).map(Result::profile).toList();
        if (check && !stale.isEmpty()) {
            throw new Failure("Locked lists out of date: " + String.join(", ", stale),
                    "Bring them up to date: ./cloudos profile resolve " + String.join(" ", stale));
        }
        return Failure.OK;
    }

    private Result resolve(Checkout checkout, Profile profile) {
        var buildDir = checkout.buildDir(profile.text().file());
        Repository repository = Repository.of(checkout, profile, new MavenArtifacts(checkout, buildDir, console));
        List<Profile.LockedBundle> bundles = new Resolution(profile, repository, buildDir).bundles();
        List<Profile.LockedBundle> before = profile.locked() ? profile.bundles() : List.of();
        List<ProfileDifference.Line> changes = ProfileDifference.bundles(before, bundles);
        boolean changed = !before.equals(bundles);
        if (changed && !check) {
            LockedList.write(profile.text().file(), bundles);
        }
        if (!json) {
            console.print(profile.name() + ": " + bundles.size() + " bundles, "
                    + (!changed ? "unchanged" : check ? "out of date" : "written to " + profile.text().file()));
            changes.forEach(line -> console.print("  " + line));
        }
        return new Result(profile.name(), changed, changes, bundles);
    }
}
