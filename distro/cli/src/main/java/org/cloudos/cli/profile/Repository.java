package org.cloudos.cli.profile;

import aQute.bnd.version.Version;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Failure;

/** The bundles that a profile can take, each a local file. */
public final class Repository {
    /** One line of Maven's {@code dependency:list} with file names: {@code group:artifact:jar[:classifier]:version:scope:file}. */
    private static final Pattern LINE = Pattern.compile(
            "\\s*([\\w.-]+):([\\w.-]+):jar:(?:([\\w.-]+):)?([\\w.-]+):(?:compile|runtime|provided|test):(/.*?\\.jar)(?: -- .*)?");

    /** A file that came through Maven. */
    private record Artifact(String id, String version, Path file) { }

    private final List<BundleFile> bundles;
    private final List<Artifact> artifacts;

    public Repository(List<BundleFile> bundles) {
        this(bundles, List.of());
    }

    private Repository(List<BundleFile> bundles, List<Artifact> artifacts) {
        this.bundles = List.copyOf(bundles);
        this.artifacts = List.copyOf(artifacts);
    }

    /** CloudOS's own repository, and what the profile adds by Maven coordinates or from folders. */
    public static Repository of(Checkout checkout, Profile profile, MavenArtifacts maven) {
        Repository own = own(checkout);
        List<BundleFile> all = new ArrayList<>(own.bundles);
        if (!profile.maven().isEmpty()) {
            all.addAll(bundles(read(maven.fetch(profile.maven()))));
        }
        for (Path folder : profile.folders()) {
            all.addAll(folder(folder));
        }
        return new Repository(all, own.artifacts);
    }

    /** CloudOS's own repository. */
    public static Repository own(Checkout checkout) {
        if (!Files.exists(checkout.repositoryList())) {
            throw new Failure("The bundles are not built: there is no " + checkout.repositoryList(),
                    "./cloudos builds them; without it: mvn -DskipTests package");
        }
        List<Artifact> artifacts = read(checkout.repositoryList());
        return new Repository(bundles(artifacts), artifacts);
    }

    private static List<Artifact> read(Path list) {
        try (Stream<String> lines = Files.lines(list)) {
            return lines.map(LINE::matcher).filter(Matcher::matches)
                    .map(m -> new Artifact(m.group(1) + ":" + m.group(2), m.group(4), Path.of(m.group(5)))).toList();
        } catch (IOException e) {
            throw new Failure("Can't read " + list, e);
        }
    }

    private static List<BundleFile> bundles(List<Artifact> artifacts) {
        return artifacts.stream().flatMap(a -> BundleFile.read(a.file, a.id + ":" + a.version).stream()).toList();
    }

    /** The bundles in a folder; a jar that is none is an error, since somebody put it there. */
    static List<BundleFile> folder(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(f -> f.toString().endsWith(".jar")).sorted().map(f -> BundleFile.read(f, "")
                    .orElseThrow(() -> new Failure(f + " is not a bundle: its manifest has no Bundle-SymbolicName",
                            "Wrap it with bnd, or take it out of the folder"))).toList();
        } catch (IOException e) {
            throw new Failure("Can't read the folder of jars " + folder, e);
        }
    }

    /** The jar of CloudOS's own {@code group:artifact}, bundle or not. */
    public Path file(String id) {
        return artifacts.stream().filter(a -> a.id.equals(id)).findFirst().map(Artifact::file)
                .orElseThrow(() -> new Failure(id + " is not in distro/profiles/pom.xml"));
    }

    /** All. */
    public List<BundleFile> bundles() {
        return bundles;
    }

    /** All with this symbolic name, newest first. */
    public List<BundleFile> find(String symbolicName) {
        return bundles.stream().filter(b -> b.symbolicName().equals(symbolicName))
                .sorted(Comparator.comparing((BundleFile b) -> new Version(b.version())).reversed()).toList();
    }

    /** The newest that the locked line allows. */
    public Optional<BundleFile> find(Profile.LockedBundle locked) {
        return find(locked.symbolicName()).stream().filter(b -> locked.includes(b.version())).findFirst();
    }

    /** The one with these Maven coordinates. */
    public Optional<BundleFile> ofCoordinates(String coordinates) {
        return bundles.stream().filter(b -> b.coordinates().equals(coordinates)).findFirst();
    }
}
