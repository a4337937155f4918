package org.cloudos.image;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The initramfs: init, the modules and their list; optionally the root file system itself, to boot from the network alone. */
final class Initramfs {
    private final Path init;
    private final Path modules;
    private final boolean packages;

    /**
     * @param modules a folder of .ko files and their lists
     * @param packages whether the root file system has Debian's packages
     */
    Initramfs(Path init, Path modules, boolean packages) {
        this.init = init;
        this.modules = modules;
        this.packages = packages;
    }

    void writeSmall(Path file) throws IOException {
        write(file, null);
    }

    /** With the root file system inside, compressed: much slower to boot, one file less. */
    void writeSelfContained(Path file, Path root, Path work) throws IOException {
        Path raw = work.resolve("initramfs.cpio");
        write(raw, root);
        // A fixed number of threads: the split into jobs, so the bytes, would depend on one thread or several.
        new Tool("zstd", "-q", "-10", "-T2", "--no-check", "-f", "-o", file, raw).run();
        Files.delete(raw);
    }

    private void write(Path file, Path root) throws IOException {
        try (Cpio cpio = new Cpio(new BufferedOutputStream(Files.newOutputStream(file), 1 << 16))) {
            for (String folder : List.of("dev", "lib", "lib/modules", "proc", "root", "run", "sys")) cpio.folder(folder);
            cpio.device("dev/console", 5, 1);
            cpio.file("init", 0755, init);
            String list = Files.readString(modules.resolve(KernelModules.listName(root != null, packages)));
            cpio.file("modules", 0644, list.getBytes(StandardCharsets.UTF_8));
            try (Stream<Path> files = Files.list(modules)) {
                for (Path ko : files.filter(f -> f.toString().endsWith(".ko")).sorted().toList()) {
                    if (list.contains(ko.getFileName().toString())) cpio.file("lib/modules/" + ko.getFileName(), 0644, ko);
                }
            }
            if (root != null) cpio.file("root.erofs", 0644, root);
        }
    }
}
