package org.cloudos.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cloudos.cli.Failure;
import org.cloudos.cli.profile.BundleFile;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.Repository;

/**
 * The folder that a JVM starts a profile from: {@code bundles.list}, {@code classpath}, {@code lib/},
 * {@code framework.properties}, {@code jvm.args}. Same inputs, same bytes.
 */
public final class ProfileHome {
    /** Runs as a profile home's main class. */
    public static final String MAIN = "org.cloudos.launcher.Main";

    private static final String API = "org.cloudos.kernel.api";
    private static final Set<String> CONFIGURATION = Set.of("org.apache.felix.configadmin", "org.apache.felix.metatype",
            "org.apache.felix.scr", "org.apache.felix.log", "org.cloudos.log", "org.cloudos.config");

    private record Placed(BundleFile bundle, int startLevel, BundleKinds.Kind kind) {
        String jar() {
            return bundle.symbolicName() + "-" + bundle.version() + ".jar";
        }
    }

    private final Profile profile;
    private final Repository repository;
    private final Path launcher;
    private final Path framework;

    public ProfileHome(Profile profile, Repository repository) {
        this.profile = profile;
        this.repository = repository;
        this.launcher = repository.file("org.cloudos:launcher");
        this.framework = repository.file("org.apache.felix:org.apache.felix.framework");
    }

    /**
     * Writes it into a folder, which must be empty or missing.
     *
     * @param hosted whether for a JVM on this machine, which needs nothing of what only an image has
     */
    public void write(Path home, boolean hosted) {
        try {
            Path lib = Files.createDirectories(home.resolve("lib"));
            List<Placed> placed = place();
            List<String> classPath = new ArrayList<>(List.of("lib/launcher.jar", "lib/framework.jar"));
            List<String> list = new ArrayList<>();
            Files.copy(launcher, lib.resolve("launcher.jar"));
            FrameworkJar.copy(framework, lib.resolve("framework.jar"));
            // The launcher and the bundles meet in kernel.api: it is on the class path, whatever the profile says.
            if (placed.stream().noneMatch(p -> p.bundle.symbolicName().equals(API) && p.kind.connect())) {
                Files.copy(repository.file("org.cloudos:kernel.api"), lib.resolve("kernel.api.jar"));
                classPath.add("lib/kernel.api.jar");
            }
            for (Placed p : placed) {
                Files.copy(p.bundle.file(), lib.resolve(p.jar()));
                list.add(String.join("\t", String.valueOf(p.startLevel), p.kind.word(), "lib/" + p.jar(),
                        p.bundle.symbolicName(), p.bundle.version()));
                if (p.kind.connect()) {
                    classPath.add("lib/" + p.jar());
                }
            }
            for (Path file : profile.files()) {
                Files.copy(file, home.resolve(file.getFileName()));
            }
            if (!hosted) {
                ForImage.write(profile.image(), home);
            }
            Files.write(home.resolve("bundles.list"), list);
            Files.write(home.resolve("classpath"), classPath);
            Files.write(home.resolve("framework.properties"), properties());
            Files.write(home.resolve("jvm.args"), profile.vm());
        } catch (IOException e) {
            throw new Failure("Can't assemble the profile " + profile.name() + " in " + home, e,
                    "Is there space on the disk? ./cloudos can be started again at any time");
        }
    }

    /** All files that it is made of. */
    public List<Path> inputs() {
        List<Path> files = new ArrayList<>(List.of(launcher, framework));
        profile.bundles().forEach(locked -> files.add(find(locked).file()));
        files.addAll(profile.files());
        files.addAll(ForImage.files(profile.image()));
        return files;
    }

    /** The kind of each bundle, by symbolic name. */
    public Map<String, BundleKinds.Kind> kinds() {
        Map<String, BundleKinds.Kind> kinds = new TreeMap<>();
        place().forEach(p -> kinds.put(p.bundle.symbolicName(), p.kind));
        return kinds;
    }

    private List<Placed> place() {
        record Levelled(BundleFile bundle, int level) { }
        List<Levelled> bundles = profile.bundles().stream().map(l -> new Levelled(find(l), l.startLevel()))
                .sorted(Comparator.comparingInt(Levelled::level)
                        // What registers services before hot swap runs has no gate before them.
                        .thenComparing(l -> !l.bundle.symbolicName().equals("org.cloudos.kernel.swap"))
                        // Bundles that start after configuration find theirs, and need not start twice.
                        .thenComparing(l -> !CONFIGURATION.contains(l.bundle.symbolicName()))
                        // The clock of the boot, then the prompt; the rest of their level can wait for them.
                        .thenComparing(l -> !l.bundle.symbolicName().equals("org.cloudos.kernel.core"))
                        .thenComparing(l -> !l.bundle.symbolicName().equals("org.cloudos.shell"))).toList();
        Set<String> taken = new TreeSet<>(packages(launcher));
        taken.addAll(packages(framework));
        Map<BundleFile, BundleKinds.Kind> kinds = BundleKinds.of(bundles.stream().map(Levelled::bundle).toList(), taken);
        return bundles.stream().map(b -> new Placed(b.bundle, b.level, kinds.get(b.bundle))).toList();
    }

    private BundleFile find(Profile.LockedBundle locked) {
        return repository.find(locked).orElseThrow(() -> {
            List<BundleFile> others = repository.find(locked.symbolicName());
            String found = others.isEmpty() ? "no bundle of that name is known"
                    : "known is " + String.join(", ", others.stream().map(BundleFile::version).toList());
            return new Failure("The locked list of profile " + profile.name() + " names " + locked.symbolicName() + " "
                    + locked.version() + "; " + found, "Bring the list up to date: ./cloudos profile resolve "
                    + profile.name());
        });
    }

    private static Set<String> packages(Path jar) {
        return new BundleFile(jar, "", "", null, "").packages();
    }

    private static final Pattern IDENTITY = Pattern.compile("bnd\\.identity;\\s*id=['\"]?([\\w.-]+)['\"]?.*");

    /** The launcher takes values as they stand, without escapes. */
    private List<String> properties() {
        Map<String, String> all = new TreeMap<>(profile.properties());
        all.put("cloudos.profile", profile.name());
        // bundle:why tells its chains from these.
        all.putIfAbsent("cloudos.requires", String.join(",", profile.requires().stream()
                .map(IDENTITY::matcher).filter(Matcher::matches).map(m -> m.group(1)).sorted().toList()));
        return all.entrySet().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
    }

    /** Removes a folder with all that is in it. */
    static void delete(Path dir) throws IOException {
        if (!Files.exists(dir)) {
            return;
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
