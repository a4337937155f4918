package org.cloudos.cli.bench;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.cli.Console;
import org.cloudos.image.Image;

/** What an image weighs when it is compressed for the wire, whole and in its parts. */
final class ImageSize {
    private static final double GOAL_MB = 80;

    private ImageSize() { }

    static List<Bench.Measure> of(Image.BootFiles files, Path home, Console console) throws IOException, InterruptedException {
        console.say("compressing the image");
        double kernel = compressed(files.kernel());
        double initramfs = compressed(files.initramfs());
        double root = compressed(files.root());
        double bundles = compressed(home.resolve("lib"));
        List<Bench.Measure> measures = new ArrayList<>();
        measures.add(new Bench.Measure("image, compressed", kernel + initramfs + root, Double.NaN, "MB", GOAL_MB, false));
        measures.add(Bench.Measure.told("  of it: kernel", kernel, "MB"));
        measures.add(Bench.Measure.told("  of it: initramfs with its modules", initramfs, "MB"));
        measures.add(Bench.Measure.told("  of it: bundles", bundles, "MB"));
        measures.add(Bench.Measure.told("  of it: Java runtime, class archive, C library", root - bundles, "MB"));
        return measures;
    }

    /** Megabytes after zstd; a folder's files are counted one by one. */
    private static double compressed(Path path) throws IOException, InterruptedException {
        if (Files.isDirectory(path)) {
            double sum = 0;
            try (Stream<Path> files = Files.list(path)) {
                for (Path file : files.toList()) {
                    sum += compressed(file);
                }
            }
            return sum;
        }
        Process zstd = new ProcessBuilder("zstd", "-q", "-12", "-T2", "-c", path.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        long bytes = 0;
        try (InputStream in = zstd.getInputStream()) {
            byte[] block = new byte[1 << 16];
            for (int n; (n = in.read(block)) > 0;) {
                bytes += n;
            }
        }
        if (zstd.waitFor() != 0) {
            throw new IOException("zstd could not compress " + path);
        }
        return bytes / 1e6;
    }
}
