package org.cloudos.cli.bench;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.cloudos.cli.Failure;
import org.cloudos.image.Cpio;

/** The peer of a boot: an initramfs whose init is a busybox script that prints one line. */
final class Busybox {
    /** What it prints. */
    static final String PRINTS = "busybox is up";

    private static final Path PROGRAM = Path.of("/usr/bin/busybox");
    private static final String INIT = "#!/busybox sh\necho " + PRINTS + "\nexec /busybox sleep 3600\n";

    private Busybox() { }

    /** Debian's busybox-static, which needs no library. */
    static Path initramfs(Path folder) throws IOException {
        if (!Files.isExecutable(PROGRAM)) {
            throw new Failure("The peer of this benchmark needs busybox", "apt install busybox-static");
        }
        Path file = folder.resolve("busybox.cpio");
        try (Cpio cpio = new Cpio(new BufferedOutputStream(Files.newOutputStream(file)))) {
            cpio.folder("dev");
            cpio.device("dev/console", 5, 1);
            cpio.file("busybox", 0755, PROGRAM);
            cpio.file("init", 0755, INIT.getBytes(StandardCharsets.US_ASCII));
        }
        return file;
    }
}
