package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/** The root file system as a folder: C library, Java runtime, the few files of /etc that both want, the profile. */
final class RootTree {
    /** Mount points, and links of Debian's merged /usr. */
    private static final List<String> FOLDERS = List.of("cloudos", "dev", "etc", "proc", "root", "run", "sys", "tmp", "usr/bin", "usr/lib", "usr/lib64", "var");

    private final Path root;

    RootTree(Path root) {
        this.root = root;
    }

    /** @param accounts whether passwd and group come from elsewhere */
    void skeleton(String profile, boolean accounts) throws IOException {
        for (String folder : FOLDERS) Files.createDirectories(root.resolve(folder));
        for (String merged : List.of("bin", "lib", "lib64")) Files.createSymbolicLink(root.resolve(merged), Path.of("usr", merged));
        if (!accounts) write("etc/passwd", "root:x:0:0:root:/var/cloudos:/usr/bin/false\nnobody:x:65534:65534:nobody:/:/usr/bin/false\n");
        if (!accounts) write("etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n");
        write("etc/hostname", "cloudos\n");
        write("etc/hosts", "127.0.0.1 localhost cloudos\n::1 localhost\n");
        write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        write("etc/os-release", "NAME=CloudOS\nID=cloudos\nPRETTY_NAME=\"CloudOS (" + profile + ")\"\nVARIANT_ID=" + profile + "\n");
        Files.createSymbolicLink(root.resolve("etc/resolv.conf"), Path.of("/run/resolv.conf"));
        Files.createSymbolicLink(root.resolve("etc/mtab"), Path.of("/proc/self/mounts"));
    }

    void libraries(Libraries libraries) throws IOException {
        Trees.copy(libraries.folder(), root, path -> true);
    }

    void modules(Path folder) throws IOException {
        Trees.copy(folder, root.resolve("usr/lib/modules"), path -> true);
    }

    void runtime(Path jvm) throws IOException {
        Path target = root.resolve("usr/lib/jvm");
        Trees.copy(jvm, target, path -> !path.endsWith("lib/classlist"));
        Files.createSymbolicLink(root.resolve("usr/bin/java"), Path.of("../lib/jvm/bin/java"));
    }

    /** The profile's home; a CDS archive of the host's JVM doesn't belong here. */
    void home(Path home, Path archive) throws IOException {
        Path target = root.resolve("cloudos");
        Trees.copy(home, target, path -> Home.part(path.toString()));
        Files.copy(archive, target.resolve(Home.ARCHIVE));
        Files.copy(archive.resolveSibling(Home.SYSTEM_PACKAGES), target.resolve(Home.SYSTEM_PACKAGES));
    }

    /** The home was assembled on this machine: its program for another processor takes the place of this one's. */
    void programs(Arch arch) throws IOException {
        Path spawn = root.resolve("cloudos/bin/spawn");
        if (Files.exists(spawn)) SpawnProgram.compile(arch, spawn);
    }

    /** Whatever the umask here is: services of other users read these files too. */
    void plainModes() throws IOException {
        Trees.plainModes(root);
    }

    /** Debian's packages and the profile's own files: folders with their modes, nothing over what is there. */
    void packages(Path tree) throws IOException {
        Trees.folders(root.resolve("usr/sbin"));
        Files.createSymbolicLink(root.resolve("sbin"), Path.of("usr", "sbin"));
        try (Stream<Path> all = Files.walk(tree)) {
            for (Path file : all.sorted().skip(1).toList()) {
                Path target = root.resolve(tree.relativize(file).toString());
                boolean there = Files.exists(target, LinkOption.NOFOLLOW_LINKS);
                if (Files.isDirectory(file, LinkOption.NOFOLLOW_LINKS)) {
                    if (!there) Files.createDirectory(target);
                    else if (!Files.isDirectory(target, LinkOption.NOFOLLOW_LINKS)) throw clash(file, tree);
                    Files.setAttribute(target, "unix:mode", TempFiles.mode(file));
                } else if (!there) {
                    Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, StandardCopyOption.COPY_ATTRIBUTES);
                } else if (!Files.isRegularFile(target) || Files.isSymbolicLink(file) || Files.mismatch(file, target) >= 0) {
                    throw clash(file, tree);
                }
            }
        }
    }

    private static ImageException clash(Path file, Path tree) {
        return new ImageException("/" + tree.relativize(file) + " is CloudOS's own, and a package or the profile brings another");
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) throw new ImageException(name + " is in the image already");
        Files.writeString(file, text);
    }
}
