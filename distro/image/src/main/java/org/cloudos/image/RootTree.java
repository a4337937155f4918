package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The root file system as a folder: C library, Java runtime, the few files of /etc that both want, the profile. */
final class RootTree {
    /** Mount points, and links of Debian's merged /usr. */
    private static final List<String> FOLDERS = List.of("cloudos", "dev", "etc", "proc", "root", "run", "sys", "tmp", "usr/bin", "usr/lib", "usr/lib64", "var");
    private static final Pattern LIBRARY = Pattern.compile("[^/]+\\.so(\\.[0-9.]+)?");

    private final Path root;

    RootTree(Path root) {
        this.root = root;
    }

    void skeleton(String profile) throws IOException {
        for (String folder : FOLDERS) Files.createDirectories(root.resolve(folder));
        for (String merged : List.of("bin", "lib", "lib64")) Files.createSymbolicLink(root.resolve(merged), Path.of("usr", merged));
        write("etc/passwd", "root:x:0:0:root:/var/cloudos:/usr/bin/false\nnobody:x:65534:65534:nobody:/:/usr/bin/false\n");
        write("etc/group", "root:x:0:\ntty:x:5:\nnogroup:x:65534:\n");
        write("etc/hostname", "cloudos\n");
        write("etc/hosts", "127.0.0.1 localhost cloudos\n::1 localhost\n");
        write("etc/nsswitch.conf", "passwd: files\ngroup: files\nhosts: files dns\n");
        write("etc/os-release", "NAME=CloudOS\nID=cloudos\nPRETTY_NAME=\"CloudOS (" + profile + ")\"\nVARIANT_ID=" + profile + "\n");
        Files.createSymbolicLink(root.resolve("etc/resolv.conf"), Path.of("/run/resolv.conf"));
        Files.createSymbolicLink(root.resolve("etc/mtab"), Path.of("/proc/self/mounts"));
    }

    /** The shared libraries of a package, and nothing else of it but its licence. */
    void libraries(Deb deb, Arch arch, Path work) throws IOException {
        Path extracted = work.resolve(deb.name());
        deb.extract(extracted);
        String folder = "usr/lib/" + arch.triplet();
        Trees.copy(extracted, root, path -> {
            String name = path.toString();
            boolean library = name.startsWith(folder + "/") && LIBRARY.matcher(name.substring(folder.length() + 1)).matches();
            return library || name.startsWith("usr/lib64/") || name.equals("usr/share/doc/" + deb.name() + "/copyright");
        });
        Trees.delete(extracted);
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
    }

    private void write(String name, String text) throws IOException {
        Path file = root.resolve(name);
        if (Files.exists(file, LinkOption.NOFOLLOW_LINKS)) throw new ImageException(name + " is in the image already");
        Files.writeString(file, text);
    }
}
