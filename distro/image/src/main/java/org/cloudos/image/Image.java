package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Makes images from profile homes. Results are cached by what they were made of; see {@link StepCache}. */
public final class Image {
    /** Of the results' layout: a change here makes all again. */
    private static final int VERSION = 10;

    /** Beside an image with Debian's packages: NAME, VERSION, BYTES, and who needs it, with tabs between. */
    public static final String PACKAGES = "packages.tsv";
    /** Beside such an image: what of its packages was not done, a line each. */
    public static final String NOTES = "notes.txt";

    private final Path cache;
    private final Progress progress;
    private final StepCache steps;

    /** @param cache folder for downloads and results, e.g. {@link #defaultCache()} */
    public Image(Path cache, Progress progress) {
        this.cache = cache.toAbsolutePath();
        this.progress = progress;
        this.steps = new StepCache(this.cache.resolve("steps"));
    }

    /** $XDG_CACHE_HOME/cloudos, else ~/.cache/cloudos. */
    public static Path defaultCache() {
        String xdg = System.getenv("XDG_CACHE_HOME");
        Path base = xdg != null && !xdg.isBlank() ? Path.of(xdg) : Path.of(System.getProperty("user.home"), ".cache");
        return base.resolve("cloudos");
    }

    /** What a kernel is started with directly. */
    public record BootFiles(Path kernel, Path initramfs, Path root) {}

    /** Everything that went into an image, for its bill of materials; {@code packages} is null without Debian's packages. */
    record Parts(Arch arch, String profile, Path home, List<Deb> debs, BootFiles files, Path init, Path modules, Path packages, Path release) {}

    /** @param release the file of that name of the Java runtime */
    private record Root(Path image, Path release) {}

    /** What {@code ./cloudos boot} needs: kernel, small initramfs, root file system, all in the cache. */
    public BootFiles bootFiles(Path home, Arch arch, String profile) throws IOException {
        return parts(home, arch, profile).files();
    }

    /**
     * Makes an image in a folder: its files, a bill of materials and SHA-256 sums. They appear whole or not at all.
     *
     * @return the files, in order of name
     */
    public List<Path> build(Path home, Arch arch, String profile, ImageFormat format, Path folder) throws IOException {
        if (format == ImageFormat.DISK) HostTools.require(tools(arch, HostTools.KERNEL, HostTools.DISK));
        Parts parts = parts(home, arch, profile);
        String key = new Digest().text(VERSION).text(format).text(profile).text(parts.files().kernel()).text(parts.files().initramfs())
                .text(parts.files().root()).hex();
        Path made = steps.get("image", key, into -> {
            progress.step("writing the " + format.label() + " image");
            format.write(parts, into);
            new Sbom(parts).write(into);
            if (parts.packages() != null) Files.copy(parts.packages().resolve("packages"), into.resolve(PACKAGES));
            if (parts.packages() != null) Files.copy(parts.packages().resolve("notes"), into.resolve(NOTES));
            Sums.write(into);
        });
        return export(made, folder);
    }

    /** All files are copied before the first of them takes its place. */
    private static List<Path> export(Path made, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path work = Files.createTempDirectory(folder, ".making-");
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(made)) {
            for (Path file : all.sorted().toList()) {
                files.add(folder.resolve(file.getFileName()));
                if (file.endsWith(Sums.FILE)) Files.writeString(work.resolve(Sums.FILE), Sums.merge(made, folder));
                else if (!same(file, files.getLast())) Trees.copySparse(file, work.resolve(file.getFileName()), 0);
            }
            for (Path target : files) {
                Path copy = work.resolve(target.getFileName());
                if (Files.exists(copy)) Files.move(copy, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            }
        } catch (IOException e) {
            throw ImageException.explained(e, folder);
        } finally {
            Trees.delete(work);
        }
        return files;
    }

    private static boolean same(Path a, Path b) throws IOException {
        return Files.exists(b) && Files.size(a) == Files.size(b) && Files.mismatch(a, b) < 0;
    }

    private static List<HostTools> tools(Arch arch, HostTools... own) {
        return Stream.concat(Stream.of(own), arch.crossTools().stream()).toList();
    }

    private Parts parts(Path home, Arch arch, String profile) throws IOException {
        HostTools.require(tools(arch, HostTools.KERNEL));
        Home.check(home);
        AptRoot apt = new AptRoot(cache, arch, progress);
        List<Deb> base = apt.packages();
        Path kernel = kernel(base, arch);
        Additions additions = Additions.of(home);
        Packages.Result packages = additions.isEmpty() ? new Packages.Result(List.of(), null)
                : new Packages(steps, apt, arch, progress).of(additions);
        Deb jdk = arch.isForeign() ? ForeignJdk.fetch(apt) : null;
        List<Deb> debs = merge(jdk == null ? base : Stream.concat(base.stream(), Stream.of(jdk)).toList(), packages.debs());
        Path init = init(arch);
        boolean more = packages.folder() != null;
        Path initramfs = steps.get("initramfs", new Digest().text(VERSION).text(kernel).text(init).text(more).hex(), into -> {
            progress.step("writing the initramfs");
            new Initramfs(init.resolve("init"), kernel.resolve("modules"), more).writeSmall(into.resolve("initramfs.img"));
        });
        Root root = root(home, arch, profile, debs, jdk, packages.folder());
        BootFiles files = new BootFiles(kernel.resolve("vmlinuz"), initramfs.resolve("initramfs.img"), root.image());
        return new Parts(arch, profile, home, debs, files, init.resolve("init"), kernel.resolve("modules"), packages.folder(), root.release());
    }

    /** Of a package that both have, the one that was fetched with the profile's own: they belong together. */
    private static List<Deb> merge(List<Deb> base, List<Deb> packages) {
        Map<String, Deb> all = new TreeMap<>();
        base.forEach(d -> all.put(d.name(), d));
        packages.forEach(d -> all.put(d.name(), d));
        return List.copyOf(all.values());
    }

    private Path kernel(List<Deb> debs, Arch arch) throws IOException {
        Deb deb = find(debs, "linux-image-");
        return steps.get("kernel", new Digest().text(VERSION).text(deb.sha256()).hex(), into -> {
            progress.step("unpacking " + deb.name());
            Path extracted = into.resolve("extracted");
            deb.extract(extracted);
            try (Stream<Path> boot = Files.list(extracted.resolve("boot"))) {
                Path vmlinuz = boot.filter(f -> f.getFileName().toString().startsWith("vmlinuz-")).findFirst()
                        .orElseThrow(() -> new ImageException(deb.name() + " has no kernel"));
                Files.copy(vmlinuz, into.resolve("vmlinuz"));
            }
            Path modules = Files.createDirectory(into.resolve("modules"));
            KernelModules kernelModules = new KernelModules(arch, modulesOf(deb, extracted), modules);
            for (boolean loop : new boolean[] {false, true}) {
                for (boolean more : new boolean[] {false, true}) {
                    Files.writeString(modules.resolve(KernelModules.listName(loop, more)), kernelModules.list(loop, more));
                }
            }
            Trees.delete(extracted);
        });
    }

    private static Path modulesOf(Deb kernel, Path extracted) throws IOException {
        try (Stream<Path> versions = Files.list(extracted.resolve("usr/lib/modules"))) {
            return versions.findFirst().orElseThrow(() -> new ImageException(kernel.name() + " has no modules"));
        }
    }

    /** The kernel modules that a profile's bundles load (its run property {@code cloudos.modules}), or null for none. */
    private Path modules(Path home, Arch arch, List<Deb> debs) throws IOException {
        List<String> names = Home.modules(home);
        if (names.isEmpty()) return null;
        Deb deb = find(debs, "linux-image-");
        return steps.get("modules", new Digest().text(VERSION).text(deb.sha256()).text(names).hex(), into -> {
            progress.step("unpacking " + names.size() + " kernel modules");
            Path extracted = into.resolve("extracted");
            deb.extract(extracted);
            Files.writeString(into.resolve("order"), new KernelModules(arch, modulesOf(deb, extracted), into, names).order());
            Trees.delete(extracted);
        });
    }

    /** Whether a profile's bundles drive devices themselves, which takes an I/O MMU. */
    public static boolean drivesDevices(Path home) throws IOException {
        return Home.modules(home).contains("vfio_pci");
    }

    private Path init(Arch arch) throws IOException {
        return steps.get("init", new Digest().text(VERSION).text(InitProgram.key(arch)).hex(), into -> {
            progress.step("compiling init");
            InitProgram.compile(arch, into);
        });
    }

    private Root root(Path home, Arch arch, String profile, List<Deb> debs, Deb jdk, Path packages) throws IOException {
        Path ours = Path.of(System.getProperty("java.home"));
        JavaRuntime java = jdk == null ? new JavaRuntime(ours) : new JavaRuntime(ours, jdk, ForeignJdk.modules(steps, jdk, progress));
        Set<String> modules = JavaRuntime.modules(home);
        String javaKey = java.key(modules);
        Path runtime = steps.get("java", javaKey, into -> {
            progress.step("linking the Java runtime (" + modules.size() + " modules)");
            java.link(modules, into);
        });
        Libraries libraries = libraries(debs, arch);
        String homeKey = Home.key(home);
        Path emulator = arch.isForeign() ? PrivateQemu.userProgram(cache, arch, progress) : null;
        Path archive = steps.get("cds", new Digest().text(VERSION).text(javaKey).text(homeKey).hex(),
                into -> archive(libraries.start(emulator, runtime.resolve("jvm/bin/java")), home, into, arch));
        Digest key = new Digest().text(VERSION).text(javaKey).text(homeKey).text(profile).text(archive).text(libraries.folder())
                .text(packages == null ? "" : packages);
        Path kernelModules = modules(home, arch, debs);
        if (kernelModules != null) key.text(kernelModules);
        Path root = steps.get("root", key.hex(), into -> {
            progress.step("writing the root file system");
            RootTree tree = new RootTree(into.resolve("tree"));
            tree.skeleton(profile, packages != null);
            tree.libraries(libraries);
            if (kernelModules != null) tree.modules(kernelModules);
            tree.runtime(runtime.resolve("jvm"));
            tree.home(home, archive.resolve(Home.ARCHIVE));
            if (arch.isForeign()) tree.programs(arch);
            tree.plainModes();
            if (packages != null) tree.packages(packages.resolve("tree"));
            ErofsRoot.make(into.resolve("tree"), into.resolve("root.erofs"), packages == null ? Map.of() : PackageTree.readOwners(packages));
            Trees.delete(into.resolve("tree"));
        });
        return new Root(root.resolve("root.erofs"), jdk == null ? ours.resolve("release") : runtime.resolve("jvm/release"));
    }

    private Libraries libraries(List<Deb> debs, Arch arch) throws IOException {
        Digest key = new Digest().text(VERSION);
        Libraries.packages(debs).forEach(d -> key.text(d.sha256()));
        return new Libraries(steps.get("libraries", key.hex(), into -> new Libraries(into, arch).unpack(debs, into.resolve("work"))), arch);
    }

    /** In a copy of the home, where the jars have the times that they have in the image. */
    private void archive(List<String> java, Path home, Path into, Arch arch) throws IOException {
        Path copy = into.resolve("home");
        Trees.copy(home, copy, path -> Home.part(path.toString()));
        Reproducible.fixTimes(copy);
        CdsArchive cds = new CdsArchive(java, copy);
        cds.systemPackages(into.resolve(Home.SYSTEM_PACKAGES));
        Path list = home.resolve(Home.CLASS_LIST);
        if (!Files.exists(list)) {
            progress.step("running the profile once, to see which classes it loads");
            list = into.resolve(Home.CLASS_LIST);
            // A class list holds for every architecture: the JVM here runs the profile faster than an emulated one.
            (arch.isForeign() ? new CdsArchive(Path.of(System.getProperty("java.home"), "bin", "java"), copy) : cds).train(list);
        }
        progress.step(arch.isForeign() ? "making the CDS archive, in an emulated JVM" : "making the CDS archive");
        cds.dumpReproducible(list, into.resolve(Home.ARCHIVE));
        Trees.delete(copy);
    }

    private static Deb find(List<Deb> debs, String prefix) throws ImageException {
        return debs.stream().filter(d -> d.name().startsWith(prefix)).findFirst()
                .orElseThrow(() -> new ImageException("the downloaded packages lack " + prefix + "*"));
    }
}
