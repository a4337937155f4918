package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.home.Assembly;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;
import org.cloudos.image.ImageFormat;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Makes a bootable image. */
@Command(name = "image", header = "Makes a bootable image of a profile.",
        footer = {"", "Examples:", "  ./cloudos image minimal                     kernel and initramfs, in ./minimal-x86_64",
            "  ./cloudos image server --format disk -o /srv/images"})
final class ImageCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(paramLabel = "PROFILE", completionCandidates = ProfileNames.class, description = "Name or path.")
    private String profile;

    @Option(names = "--format", paramLabel = "FORMAT", defaultValue = "kernel",
            description = "kernel: kernel and initramfs, for direct boot. disk: a disk that UEFI boots (default: ${DEFAULT-VALUE}).")
    private String format;

    @Option(names = "--arch", paramLabel = "ARCH", defaultValue = "x86_64", description = "Architecture (default: ${DEFAULT-VALUE}).")
    private String arch;

    @Option(names = {"-o", "--output"}, paramLabel = "DIR", description = "Folder for the image (default: ./PROFILE-ARCH).")
    private Path output;

    ImageCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException {
        Arch target = Choices.arch(arch);
        ImageFormat form = Choices.of("image format", format, List.of(ImageFormat.values()), ImageFormat::label);
        Assembly.Assembled assembled = new Assembly(Checkout.find(), console).booted(profile);
        String name = assembled.profile().name();
        Path folder = output != null ? output : Path.of(name + "-" + target.label());
        List<Path> files;
        try (Progress progress = console.progress("Making the image of " + name)) {
            files = new Image(Image.defaultCache(), progress::step).build(assembled.home(), target, name, form, folder);
            progress.done("");
        }
        Table table = new Table("FILE", "KB");
        for (Path file : files) {
            table.row(file, (Files.size(file) + 999) / 1000);
        }
        console.print(table.toString());
        packages(folder);
        return Failure.OK;
    }

    /** What Debian's packages weigh, the heaviest first, and what of them was not done. */
    private void packages(Path folder) throws IOException {
        Path file = folder.resolve(Image.PACKAGES);
        if (!Files.exists(file)) {
            return;
        }
        Table table = new Table("PACKAGE", "VERSION", "KB", "NEEDED BY");
        List<String[]> rows = Files.readAllLines(file).stream().map(l -> l.split("\t", -1))
                .sorted(Comparator.comparingLong((String[] f) -> -Long.parseLong(f[2]))).toList();
        for (String[] f : rows) {
            table.row(f[0], f[1], (Long.parseLong(f[2]) + 999) / 1000, f[3].isEmpty() ? "the profile" : f[3]);
        }
        long sum = rows.stream().mapToLong(f -> Long.parseLong(f[2])).sum();
        console.print("\nDebian packages: " + rows.size() + ", " + sum / 1000 + " KB\n" + table);
        List<String> notes = Files.readAllLines(folder.resolve(Image.NOTES));
        if (!notes.isEmpty()) {
            console.print("\nNot done\n  " + String.join("\n  ", notes));
        }
    }
}
