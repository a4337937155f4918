package org.cloudos.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.cli.Failure;
import org.cloudos.cli.profile.Profile;

/** The folder {@code image} of a profile home: Debian's packages, what is set up for them, and the profile's own files. */
final class ForImage {
    private ForImage() { }

    static void write(Profile.ForImage image, Path home) throws IOException {
        Path folder = home.resolve("image");
        if (!image.packages().isEmpty()) {
            Files.createDirectories(folder);
            Files.write(folder.resolve("packages"), image.packages());
        }
        for (Path file : image.setup()) {
            if (!file.toString().endsWith(".setup")) {
                throw new Failure("-cloudos.setup: expected a file PACKAGE.setup, found " + file);
            }
            Files.createDirectories(folder.resolve("setup"));
            Files.copy(file, folder.resolve("setup").resolve(file.getFileName()));
        }
        for (Path root : image.roots()) {
            for (Path file : below(root)) {
                Path target = folder.resolve("root").resolve(root.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, LinkOption.NOFOLLOW_LINKS, java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** All files that it is made of. */
    static List<Path> files(Profile.ForImage image) {
        List<Path> files = new ArrayList<>(image.setup());
        image.roots().forEach(root -> files.addAll(below(root).stream().filter(Files::isRegularFile).toList()));
        return files;
    }

    private static List<Path> below(Path root) {
        if (!Files.isDirectory(root)) {
            throw new Failure("-cloudos.root: expected a folder, found " + (Files.exists(root) ? "a file: " : "nothing: ") + root);
        }
        try (Stream<Path> all = Files.walk(root)) {
            return all.filter(f -> !Files.isDirectory(f, LinkOption.NOFOLLOW_LINKS)).sorted().toList();
        } catch (IOException e) {
            throw new Failure("Can't read the folder " + root, e);
        }
    }
}
