package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Debian packages of one pinned suite, fetched by apt into a folder of our own: nothing on the host changes. The mirror
 * is the one that the host's own apt configuration names, or {@code CLOUDOS_DEBIAN_MIRROR}; the signatures are checked
 * against Debian's archive keyring. Packages once fetched are used until {@link #refresh}.
 */
public final class AptRoot {
    /** The suite that kernel and C library come from. */
    public static final String SUITE = "trixie";

    static final Path KEYRING = Path.of("/usr/share/keyrings/debian-archive-keyring.gpg");
    private static final Path HOST = Path.of("/etc/apt");
    private static final List<String> PACKAGES = List.of("libc6", "libgcc-s1", "libstdc++6", "zlib1g", "systemd-boot-efi");
    private static final Pattern DEPENDS = Pattern.compile("^\\s*Depends: (linux-image-\\S+)$", Pattern.MULTILINE);

    private static final Pattern UNKNOWN = Pattern.compile("E: (?:Unable to locate package|Package) '?([\\w.+-]+)'?");

    private final Path root;
    private final Arch arch;
    private final Progress progress;

    AptRoot(Path cache, Arch arch, Progress progress) {
        this.root = cache.resolve("apt").resolve(SUITE + "-" + arch.debian());
        this.arch = arch;
        this.progress = progress;
    }

    /** Kernel, C library and boot stub: from the cache, else from the mirror. In order of name. */
    List<Deb> packages() throws IOException {
        Path debs = root.resolve("debs");
        if (!Files.isDirectory(debs)) fetch(debs);
        List<Deb> found = new ArrayList<>();
        try (Stream<Path> files = Files.list(debs)) {
            for (Path file : files.filter(f -> f.toString().endsWith(".deb")).sorted().toList()) found.add(Deb.of(file));
        }
        found.sort(Comparator.comparing(Deb::name));
        return found;
    }

    /** The next {@link #packages} asks the mirror for newer ones. */
    void refresh() throws IOException {
        Trees.delete(root.resolve("debs"));
        Trees.delete(root.resolve("single"));
    }

    private void fetch(Path debs) throws IOException {
        progress.step("fetching the kernel and C library of Debian " + SUITE + " (about 40 MB)");
        configure();
        apt("apt-get", "update");
        String meta = apt("apt-cache", "depends", arch.kernelPackage());
        Matcher kernel = DEPENDS.matcher(meta);
        if (!kernel.find()) throw new ImageException("Debian " + SUITE + " has no kernel package " + arch.kernelPackage());
        Path work = root.resolve("fetching");
        Trees.delete(work);
        Files.createDirectories(work);
        Tool download = tool("apt-get", "download").add(kernel.group(1)).in(work);
        PACKAGES.forEach(download::add);
        run(download);
        Files.move(work, debs, StandardCopyOption.ATOMIC_MOVE);
    }

    /** One package alone: from the cache, else from the mirror. */
    Deb single(String name) throws IOException {
        Path folder = root.resolve("single").resolve(name);
        if (!Files.isDirectory(folder)) {
            progress.step("fetching " + name + " of Debian " + SUITE + " for " + arch.label());
            configure();
            apt("apt-get", "update");
            Path work = Files.createDirectories(root.resolve("single")).resolve(".fetching-" + name + "-" + ProcessHandle.current().pid());
            Trees.delete(work);
            Files.createDirectories(work);
            run(tool("apt-get", "download", name).in(work));
            if (!Files.isDirectory(folder)) Files.move(work, folder, StandardCopyOption.ATOMIC_MOVE);
        }
        try (Stream<Path> files = Files.list(folder)) {
            return Deb.of(files.filter(f -> f.toString().endsWith(".deb")).findFirst()
                    .orElseThrow(() -> new ImageException("apt fetched no " + name)));
        }
    }

    /** Packages and all that they depend on, as a folder of .deb files: from the cache, else from the mirror. */
    Path set(List<String> names) throws IOException {
        Path set = root.resolve("sets").resolve(new Digest().text(names).hex().substring(0, 16));
        if (Files.isDirectory(set)) return set;
        progress.step("fetching " + String.join(", ", names) + " of Debian " + SUITE + " with what they depend on");
        Path work = root.resolve("fetching-set");
        Trees.delete(work);
        closure(names, work);
        Trees.delete(work.resolve("partial"));
        Files.createDirectories(set.getParent());
        Files.move(work, set, StandardCopyOption.ATOMIC_MOVE);
        return set;
    }

    /** Downloads a package and all that it depends on, as if nothing were installed. */
    void closure(List<String> names, Path debs) throws IOException {
        configure();
        apt("apt-get", "update");
        Files.createDirectories(debs.resolve("partial"));
        Tool install = tool("apt-get", "-y", "--download-only", "--no-install-recommends", "-o", "Dir::Cache::archives=" + debs + "/",
                "-o", "Debug::NoLocking=1", "install");
        names.forEach(install::add);
        run(install);
    }

    private void configure() throws IOException {
        for (String folder : List.of("etc/apt/apt.conf.d", "etc/apt/preferences.d", "etc/apt/trusted.gpg.d", "etc/apt/sources.list.d",
                "var/lib/apt/lists/partial", "var/cache/apt/archives/partial", "var/lib/dpkg")) {
            Files.createDirectories(root.resolve(folder));
        }
        Path status = root.resolve("var/lib/dpkg/status");
        if (!Files.exists(status)) Files.createFile(status);
        Files.writeString(root.resolve("etc/apt/sources.list"),
                "deb [signed-by=" + KEYRING + "] " + mirror() + " " + SUITE + " main\n");
        Files.writeString(root.resolve("apt.conf"), configuration(new Tool("apt-config", "dump").run()));
    }

    /** How the host reaches its mirrors (proxies, time limits, credentials) holds for us; hooks and pins don't. */
    String configuration(String host) {
        StringBuilder text = new StringBuilder();
        host.lines().filter(l -> l.matches("(?i)Acquire::(https?|ftp|Retries|Check-).*")).forEach(l -> text.append(l).append('\n'));
        text.append("Dir \"").append(root).append("\";\n")
                .append("Dir::State::status \"").append(root.resolve("var/lib/dpkg/status")).append("\";\n")
                .append("Dir::Etc::netrc \"/etc/apt/auth.conf\";\nDir::Etc::netrcparts \"/etc/apt/auth.conf.d\";\n")
                .append("APT::Architecture \"").append(arch.debian()).append("\";\n")
                .append("APT::Architectures { \"").append(arch.debian()).append("\"; };\n")
                .append("APT::Sandbox::User \"\";\nAcquire::Languages \"none\";\n");
        return text.toString();
    }

    private static String mirror() throws IOException {
        String given = System.getenv("CLOUDOS_DEBIAN_MIRROR");
        if (given != null && !given.isBlank()) return given;
        Optional<AptSources.Source> source = AptSources.debian(AptSources.read(HOST));
        return source.map(AptSources.Source::uri).orElseThrow(() -> new ImageException(
                "this machine's apt configuration (/etc/apt) names no Debian mirror; name one: CLOUDOS_DEBIAN_MIRROR=URI"));
    }

    private Tool tool(String program, String... words) {
        return new Tool(program).with("APT_CONFIG", root.resolve("apt.conf").toString()).add((Object[]) words);
    }

    private String apt(String program, String... words) throws IOException {
        return run(tool(program, words));
    }

    private String run(Tool tool) throws IOException {
        Tool.Result result = tool.attempt();
        // apt-get update ends with 0 when a mirror can't be reached and it goes on with nothing.
        boolean unreachable = result.output().contains("Failed to fetch") || result.output().contains("Could not resolve");
        if (result.code() == 0 && !unreachable) return result.output();
        Matcher unknown = UNKNOWN.matcher(result.output());
        if (unknown.find()) throw new ImageException("Debian " + SUITE + " has no package " + unknown.group(1));
        ImageException failure = tool.failure(result);
        if (!unreachable) throw failure;
        throw new ImageException("the Debian mirror " + mirror() + " can't be reached, and the packages are not in the cache ("
                + root + "). Check the network, or name another mirror: CLOUDOS_DEBIAN_MIRROR=URI\n" + failure.getMessage());
    }
}
