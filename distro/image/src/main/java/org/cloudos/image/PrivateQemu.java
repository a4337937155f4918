package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * The pinned suite's QEMU with all its libraries, unpacked in the cache and run by its own loader: nothing on the host
 * changes. For hosts whose own emulates several processors wrongly (docs/adr/0008-qemu-of-the-suite.md).
 */
public final class PrivateQemu {
    private static final String USER_PACKAGE = "qemu-user";

    private PrivateQemu() { }

    /**
     * The program that emulates an architecture's machines, fetched if it is not in the cache.
     *
     * @throws IOException when the mirror can't be reached
     */
    public static Path program(Path cache, Arch arch, Progress progress) throws IOException {
        Path folder = cache.resolve("qemu-" + AptRoot.SUITE + (arch == Arch.X86_64 ? "" : "-" + arch.debian()));
        Path program = folder.resolve(arch.systemEmulator());
        if (Files.isExecutable(program)) return program;
        progress.step("fetching QEMU of Debian " + AptRoot.SUITE + " (about 40 MB)");
        Path making = cache.resolve("qemu-making-" + arch.debian());
        Trees.delete(making);
        Path debs = Files.createDirectories(making.resolve("debs"));
        new AptRoot(cache, Arch.host(), progress).closure(List.of(arch.emulatorPackage()), debs);
        try (Stream<Path> files = Files.list(debs)) {
            for (Path deb : files.filter(f -> f.toString().endsWith(".deb")).toList()) Deb.of(deb).extract(making);
        }
        Trees.delete(debs);
        Path script = making.resolve(arch.systemEmulator());
        Files.writeString(script, script(folder, arch));
        if (!script.toFile().setExecutable(true)) throw new ImageException("can't make " + script + " executable");
        Trees.delete(folder);
        Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
        return program;
    }

    /**
     * The program that runs an architecture's programs on this machine, fetched if it is not in the cache: it stands alone, so
     * nothing else of its package is kept.
     */
    static Path userProgram(Path cache, Arch arch, Progress progress) throws IOException {
        Path program = cache.resolve("qemu-" + AptRoot.SUITE + "-user").resolve(arch.programEmulator());
        if (Files.isExecutable(program)) return program;
        Path work = Files.createTempDirectory(Files.createDirectories(program.getParent()), ".making-");
        try {
            Deb deb = new AptRoot(cache, Arch.host(), progress).single(USER_PACKAGE);
            deb.extract(work);
            Files.move(work.resolve("usr/bin").resolve(arch.programEmulator()), program, StandardCopyOption.ATOMIC_MOVE);
            Trees.delete(deb.file().getParent());
            return program;
        } finally {
            Trees.delete(work);
        }
    }

    private static String script(Path folder, Arch arch) throws ImageException {
        Arch host = Arch.host();
        return """
                #!/bin/sh
                root='%s'
                lib=$root/usr/lib/%s
                export QEMU_MODULE_DIR="$lib/qemu"
                exec "$lib/%s" --library-path "$lib" \\
                  "$root/usr/bin/%s" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
                """.formatted(folder.toAbsolutePath().toString().replace("'", "'\\''"), host.triplet(), host.loader(), arch.systemEmulator());
    }
}
