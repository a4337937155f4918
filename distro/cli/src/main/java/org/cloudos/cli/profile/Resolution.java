package org.cloudos.cli.profile;

import aQute.bnd.build.Workspace;
import aQute.bnd.osgi.resource.ResourceUtils;
import aQute.bnd.repository.fileset.FileSetRepository;
import aQute.lib.utf8properties.UTF8Properties;
import biz.aQute.resolve.Bndrun;
import biz.aQute.resolve.RunResolution;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import org.cloudos.cli.Failure;
import org.cloudos.cli.NearestName;
import org.osgi.resource.Resource;

/** Completes what a profile requires to a whole set of bundles, with bnd's resolver. */
public final class Resolution {
    private static final Set<String> ALL = Set.of("resolve", "active");

    private final Profile profile;
    private final Repository repository;
    private final Path buildDir;

    /**
     * @param buildDir for the resolver's files
     */
    public Resolution(Profile profile, Repository repository, Path buildDir) {
        this.profile = profile;
        this.repository = repository;
        this.buildDir = buildDir;
    }

    /** The set, sorted by start level and name. */
    public List<Profile.LockedBundle> bundles() {
        checkNames();
        RunResolution resolution = run();
        if (!resolution.isOK()) {
            List<String> why = new Explanation(repository, profile, ALL).of(required());
            throw why.isEmpty()
                    ? new Failure("The profile " + profile.name() + " can't be resolved: "
                            + firstLine(resolution.exception.getMessage()), resolution.report(false).strip())
                    : new Failure("The profile " + profile.name() + " can't be resolved.", why.toArray(String[]::new));
        }
        List<Profile.LockedBundle> bundles = new ArrayList<>();
        for (Resource resource : resolution.getOrderedResources()) {
            if (!ResourceUtils.hasType(resource, "osgi.bundle", "osgi.fragment")) {
                continue; // bnd's stand-in for what a multi-release jar needs on a newer Java
            }
            String name = ResourceUtils.getIdentity(resource);
            bundles.add(new Profile.LockedBundle(name, exactly(ResourceUtils.getVersion(resource)),
                    profile.startLevelOf(name)));
        }
        bundles.sort(Comparator.comparingInt(Profile.LockedBundle::startLevel)
                .thenComparing(Profile.LockedBundle::symbolicName));
        return List.copyOf(bundles);
    }

    /** Fails when the locked bundles do not resolve among themselves: the list is out of date. */
    public static void check(Profile profile, Repository repository) {
        check(profile, repository, profile.bundles(), ALL, "The locked list of profile " + profile.name() + " is not complete.",
                "Bring it up to date: ./cloudos profile resolve " + profile.name());
        check(profile, repository, profile.bundles().stream().filter(b -> b.startLevel() == 1).toList(), Set.of("resolve"),
                "The bundles of start level 1 in profile " + profile.name() + " need others that start later.",
                "See -runbundles+ in the profile");
    }

    private static void check(Profile profile, Repository repository, List<Profile.LockedBundle> bundles,
            Set<String> effective, String wrong, String remedy) {
        List<BundleFile> locked = bundles.stream().flatMap(b -> repository.find(b).stream()).toList();
        List<BundleFile> known = new ArrayList<>(locked);
        known.addAll(repository.find("org.apache.felix.framework"));
        List<String> why = new Explanation(new Repository(known), profile, effective)
                .of(locked.stream().map(Resolution::identity).toList());
        if (!why.isEmpty()) {
            List<String> advice = new ArrayList<>(why);
            advice.add(remedy);
            throw new Failure(wrong, advice.toArray(String[]::new));
        }
    }

    /** {@code [1.2.3,1.2.4)}: bnd's way to lock a version whatever its qualifier. */
    static String exactly(aQute.bnd.version.Version version) {
        var base = version.getWithoutQualifier();
        return "[" + base + "," + base.getMajor() + "." + base.getMinor() + "." + (base.getMicro() + 1) + ")";
    }

    /** The profile's own requirements, and those that follow from the bundles that it adds. */
    List<String> required() {
        List<String> all = new ArrayList<>(profile.requires());
        for (String coordinates : profile.maven()) {
            BundleFile bundle = repository.ofCoordinates(coordinates).orElseThrow(() -> new Failure(coordinates
                    + " is not a bundle: its manifest has no Bundle-SymbolicName", "Wrap it with bnd and add it from a folder"));
            all.add(identity(bundle));
        }
        for (Path folder : profile.folders()) {
            Repository.folder(folder).forEach(bundle -> all.add(identity(bundle)));
        }
        return all;
    }

    private static String identity(BundleFile bundle) {
        var version = aQute.bnd.version.Version.parseVersion(bundle.version());
        return "bnd.identity;id='%s';version='[%s,%s]'".formatted(bundle.symbolicName(), version, version);
    }

    /** A bundle that is named and not there is the commonest fault: told before any resolving. */
    private void checkNames() {
        List<String> known = repository.bundles().stream().map(BundleFile::symbolicName).distinct().toList();
        for (String requirement : profile.requires()) {
            var clause = new aQute.bnd.header.Parameters(requirement);
            String id = clause.values().iterator().next().get("id");
            if (requirement.startsWith("bnd.identity") && id != null && !known.contains(id)) {
                throw new Failure("The profile " + profile.name() + " requires the bundle " + id
                        + ", and no bundle of that name is known." + NearestName.question(id, known),
                        "Known are those in distro/profiles/pom.xml; " + Profile.MAVEN + " and " + Profile.FOLDER + " add others");
            }
        }
    }

    private RunResolution run() {
        try {
            Path file = Files.createDirectories(buildDir).resolve("resolving.bndrun");
            UTF8Properties flat = new UTF8Properties();
            profile.text().merged().forEach((key, value) -> {
                if (!key.toString().startsWith("-runbundles") && !key.toString().startsWith("-cloudos.")
                        && !key.toString().startsWith("-runrequires")) {
                    flat.put(key, value);
                }
            });
            flat.setProperty("-standalone", "true");
            flat.setProperty("-runrequires", String.join(",", required()));
            flat.store(file.toFile());
            List<File> files = repository.bundles().stream().map(b -> b.file().toFile()).distinct().toList();
            try (Bndrun run = Bndrun.createBndrun(null, file.toFile()); Workspace workspace = run.getWorkspace()) {
                workspace.setOffline(true);
                workspace.addBasicPlugin(new FileSetRepository("cloudos", files));
                return run.resolve();
            }
        } catch (Failure e) {
            throw e;
        } catch (Exception e) { // bnd throws Exception
            throw new Failure("The resolver failed on profile " + profile.name(), e);
        }
    }

    private static String firstLine(String text) {
        return text == null ? "no reason given" : text.lines().findFirst().orElse("");
    }
}
