package org.cloudos.cli.profile;

import aQute.bnd.version.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Progress;

/**
 * A profile with its whole list of bundles: the locked one, or for a profile without a list of its own what it resolves
 * to now.
 *
 * @param buildDir for what is made of the profile
 */
public record CompleteProfile(Profile profile, Repository repository, Path buildDir) {
    /** The profile of that name or path. */
    public static CompleteProfile find(String nameOrPath, Checkout checkout, Console console) {
        Profile profile = new Profiles(checkout.profiles()).find(nameOrPath);
        Path buildDir = checkout.buildDir(profile.text().file());
        Repository repository = Repository.of(checkout, profile, new MavenArtifacts(checkout, buildDir, console));
        if (profile.locked()) {
            return new CompleteProfile(profile, repository, buildDir);
        }
        Path file = buildDir.resolve("resolved");
        String key = key(profile, repository);
        List<Profile.LockedBundle> bundles = remembered(file, key);
        if (bundles.isEmpty()) {
            try (Progress progress = console.progress("Resolving " + profile.name())) {
                bundles = new Resolution(profile, repository, buildDir).bundles();
                progress.done(bundles.size() + " bundles");
            }
            remember(file, key, bundles);
        }
        return new CompleteProfile(profile.withBundles(bundles), repository, buildDir);
    }

    /** The same with the bundles that only a hosted system has, started after all others. */
    public CompleteProfile hosted() {
        List<Profile.LockedBundle> bundles = new ArrayList<>(profile.bundles());
        for (String name : profile.hosted()) {
            BundleFile newest = repository.find(name).stream().findFirst().orElseThrow(() -> new Failure("The profile "
                    + profile.name() + " names the bundle " + name + " for hosted systems, and no bundle of that name is known"));
            if (bundles.stream().noneMatch(b -> b.symbolicName().equals(name))) {
                bundles.add(new Profile.LockedBundle(name, Resolution.exactly(Version.parseVersion(newest.version())), 2));
            }
        }
        return new CompleteProfile(profile.withBundles(bundles), repository, buildDir);
    }

    /** All that the resolver looks at. */
    private static String key(Profile profile, Repository repository) {
        List<String> facts = new ArrayList<>();
        profile.text().merged().forEach((key, value) -> facts.add(key + "=" + value));
        repository.bundles().forEach(b -> facts.add(b.file() + " " + b.version() + " " + b.size() + " "
                + b.file().toFile().lastModified()));
        return facts.stream().sorted().toList().hashCode() + "-" + facts.size();
    }

    private static List<Profile.LockedBundle> remembered(Path file, String key) {
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            if (lines.isEmpty() || !lines.getFirst().equals(key)) {
                return List.of();
            }
            return lines.stream().skip(1).map(line -> line.split("\t"))
                    .map(f -> new Profile.LockedBundle(f[0], f[1], Integer.parseInt(f[2]))).toList();
        } catch (IOException e) {
            throw new Failure("Can't read " + file, e);
        }
    }

    private static void remember(Path file, String key, List<Profile.LockedBundle> bundles) {
        List<String> lines = new ArrayList<>(List.of(key));
        bundles.forEach(b -> lines.add(b.symbolicName() + "\t" + b.version() + "\t" + b.startLevel()));
        try {
            Files.write(file, lines);
        } catch (IOException e) {
            throw new Failure("Can't write " + file, e);
        }
    }
}
