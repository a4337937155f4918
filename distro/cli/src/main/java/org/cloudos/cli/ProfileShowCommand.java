package org.cloudos.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cloudos.cli.home.BundleKinds;
import org.cloudos.cli.home.ProfileHome;
import org.cloudos.cli.profile.BundleFile;
import org.cloudos.cli.profile.CompleteProfile;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.Profiles;
import org.cloudos.cli.profile.Reasons;
import org.cloudos.cli.profile.Repository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Shows a profile. */
@Command(name = "show", header = "Shows what a profile requires, and the bundles that this comes to.")
final class ProfileShowCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(arity = "0..1", paramLabel = "PROFILE", completionCandidates = ProfileNames.class,
            defaultValue = Profiles.DEFAULT, description = "Name or path.")
    private String name;

    @Option(names = "--json", description = "As JSON.")
    private boolean json;

    record Row(String bundle, String version, long size, int startLevel, String classes, String classesWhy, List<String> why) { }

    record Shown(String profile, List<String> files, List<String> requires, List<Row> bundles, long size,
            Map<String, String> properties, List<String> vm, List<String> hosted, List<String> packages) { }

    ProfileShowCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() {
        CompleteProfile complete = CompleteProfile.find(name, Checkout.find(), console);
        Profile profile = complete.profile();
        List<Row> rows = rows(profile, complete.repository());
        Shown shown = new Shown(profile.name(), profile.text().files().stream().map(Object::toString).toList(),
                profile.requires(), rows, rows.stream().mapToLong(Row::size).sum(), profile.properties(), profile.vm(),
                profile.hosted(), profile.image().packages());
        if (json) {
            console.json(shown);
        } else {
            print(shown);
        }
        return Failure.OK;
    }

    private static List<Row> rows(Profile profile, Repository repository) {
        Map<String, BundleKinds.Kind> kinds = new ProfileHome(profile, repository).kinds();
        Map<String, List<String>> why = Reasons.of(profile, repository);
        List<Row> rows = new ArrayList<>();
        for (Profile.LockedBundle locked : profile.bundles()) {
            BundleFile bundle = repository.find(locked).orElseThrow();
            BundleKinds.Kind kind = kinds.get(bundle.symbolicName());
            rows.add(new Row(bundle.symbolicName(), bundle.version(), bundle.size(), locked.startLevel(), kind.word(),
                    kind.reason(), why.getOrDefault(bundle.symbolicName(), List.of())));
        }
        return rows;
    }

    private void print(Shown shown) {
        console.print("Profile " + shown.profile + ", from " + String.join(", ", shown.files));
        console.print("\nRequires");
        shown.requires.forEach(r -> console.print("  " + r));
        console.print("\nBundles: " + shown.bundles.size() + ", " + shown.size / 1000 + " kB");
        Table table = new Table("LEVEL", "BUNDLE", "VERSION", "KB", "CLASSES", "WHY");
        shown.bundles.forEach(r -> table.row(r.startLevel, r.bundle, r.version, (r.size + 999) / 1000, r.classes,
                String.join(", ", r.why)));
        console.print(table.toString());
        List<Row> jars = shown.bundles.stream().filter(r -> !r.classesWhy.isEmpty()).toList();
        if (!jars.isEmpty()) {
            console.print("\nNot on the class path");
            jars.forEach(r -> console.print("  " + r.bundle + " " + r.classesWhy));
        }
        if (!shown.hosted.isEmpty()) {
            console.print("\nHosted only\n  " + String.join(", ", shown.hosted));
        }
        if (!shown.packages.isEmpty()) {
            console.print("\nDebian packages, in images\n  " + String.join(", ", shown.packages));
        }
        console.print("\nProperties");
        shown.properties.forEach((key, value) -> console.print("  " + key + "=" + value));
        console.print("\nJVM options\n  " + String.join("\n  ", shown.vm));
    }
}
