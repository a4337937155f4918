package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where things are in the project's folder.
 *
 * @param root the folder that holds the {@code cloudos} script
 */
public record Checkout(Path root) {
    /** The checkout that the script told of with {@code -Dcloudos.root}; else the one around the working directory. */
    public static Checkout find() {
        String told = System.getProperty("cloudos.root");
        if (told != null) {
            return new Checkout(Path.of(told).toAbsolutePath().normalize());
        }
        for (Path p = Path.of("").toAbsolutePath(); p != null; p = p.getParent()) {
            if (Files.isRegularFile(p.resolve("cnf/pom.xml")) && Files.exists(p.resolve("cloudos"))) {
                return new Checkout(p);
            }
        }
        throw new Failure("This command works in a checkout of CloudOS, and there is none around "
                + Path.of("").toAbsolutePath(), "Start it with the checkout's own ./cloudos script");
    }

    /** The profiles that come with CloudOS. */
    public Path profiles() {
        return root.resolve("distro/profiles");
    }

    /** What the build made of the module {@code distro/profiles}: the bundles to resolve from. */
    public Path repositoryList() {
        return profiles().resolve("target/repository.list");
    }

    /** What {@code ./cloudos} makes itself; not under version control. */
    public Path work() {
        return root.resolve(".cloudos");
    }

    /** CloudOS's version. */
    public String version() {
        try {
            Matcher version = Pattern.compile("<version>([^<]+)</version>").matcher(Files.readString(root.resolve("pom.xml")));
            return version.find() ? version.group(1) : "unknown";
        } catch (IOException e) {
            throw new Failure("Can't read the root pom.xml", e);
        }
    }

    /** The folder for what is made of a profile: in the checkout for its own, under ~/.cache for others'. */
    public Path buildDir(Path profile) {
        Path file = profile.toAbsolutePath().normalize();
        String name = file.getFileName().toString().replaceFirst("\\.bndrun$", "");
        Path dir = file.startsWith(profiles()) ? work().resolve("profiles").resolve(name)
                : Xdg.cache().resolve("profiles").resolve(name + "-" + Integer.toHexString(file.hashCode()));
        try {
            return Files.createDirectories(dir);
        } catch (IOException e) {
            throw new Failure("Can't make the folder " + dir, e);
        }
    }
}
