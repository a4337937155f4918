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
    private static final String PACKAGE = "qemu-system-x86";
    private static final String PROGRAM = "qemu-system-x86_64";

    private PrivateQemu() { }

    /**
     * Its program, fetched if it is not in the cache.
     *
     * @throws IOException when the mirror can't be reached
     */
    public static Path program(Path cache, Progress progress) throws IOException {
        Path folder = cache.resolve("qemu-" + AptRoot.SUITE);
        Path program = folder.resolve(PROGRAM);
        if (Files.isExecutable(program)) return program;
        progress.step("fetching QEMU of Debian " + AptRoot.SUITE + " (about 40 MB)");
        Path making = cache.resolve("qemu-making");
        Trees.delete(making);
        Path debs = Files.createDirectories(making.resolve("debs"));
        new AptRoot(cache, Arch.X86_64, progress).closure(List.of(PACKAGE), debs);
        try (Stream<Path> files = Files.list(debs)) {
            for (Path deb : files.filter(f -> f.toString().endsWith(".deb")).toList()) Deb.of(deb).extract(making);
        }
        Trees.delete(debs);
        Path script = making.resolve(PROGRAM);
        Files.writeString(script, script(folder));
        if (!script.toFile().setExecutable(true)) throw new ImageException("can't make " + script + " executable");
        Trees.delete(folder);
        Files.move(making, folder, StandardCopyOption.ATOMIC_MOVE);
        return program;
    }

    private static String script(Path folder) {
        return """
                #!/bin/sh
                root='%s'
                export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"
                exec "$root/usr/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \\
                  "$root/usr/bin/%s" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
                """.formatted(folder.toAbsolutePath().toString().replace("'", "'\\''"), PROGRAM);
    }
}
