package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The C library of the image and its companions, as a folder that is a part of the root file system.
 *
 * @param folder holds usr/lib/TRIPLET, usr/lib64 and the packages' licences
 */
record Libraries(Path folder, Arch arch) {
    private static final List<String> PACKAGES = List.of("libc6", "libgcc-s1", "libstdc++6", "zlib1g");
    private static final Pattern LIBRARY = Pattern.compile("[^/]+\\.so(\\.[0-9.]+)?");

    static List<Deb> packages(List<Deb> debs) {
        return debs.stream().filter(d -> PACKAGES.contains(d.name())).toList();
    }

    /** Whether every image has this package's libraries. */
    static boolean has(String name) {
        return PACKAGES.contains(name);
    }

    /** Takes the shared libraries of each package, and nothing else of it but its licence. */
    void unpack(List<Deb> debs, Path work) throws IOException {
        String libraries = "usr/lib/" + arch.triplet() + "/";
        for (Deb deb : packages(debs)) {
            Path extracted = work.resolve(deb.name());
            deb.extract(extracted);
            Trees.copy(extracted, folder, path -> {
                String name = path.toString();
                boolean library = name.startsWith(libraries) && LIBRARY.matcher(name.substring(libraries.length())).matches();
                return library || name.startsWith("usr/lib64/") || name.equals("usr/lib/" + arch.loader())
                        || name.equals("usr/share/doc/" + deb.name() + "/copyright");
            });
            Trees.delete(extracted);
        }
        Trees.delete(work);
    }

    /**
     * Words that start a program with these libraries instead of the host's, which may be older or other.
     *
     * @param emulator that runs programs of this architecture; null where this machine does
     */
    List<String> start(Path emulator, Path program) {
        Path libraries = folder.resolve("usr/lib").resolve(arch.triplet());
        List<String> words = List.of(libraries.resolve(arch.loader()).toString(), "--library-path", libraries.toString(), program.toString());
        return emulator == null ? words : Stream.concat(Stream.of(emulator.toString()), words.stream()).toList();
    }
}
