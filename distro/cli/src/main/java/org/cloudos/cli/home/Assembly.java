package org.cloudos.cli.home;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;
import org.cloudos.cli.Progress;
import org.cloudos.cli.profile.CompleteProfile;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.ProfileText;
import org.cloudos.cli.profile.Resolution;
import org.cloudos.image.CdsArchive;
import org.cloudos.image.ImageException;
import org.cloudos.image.SpawnProgram;

/**
 * Assembles a profile's home once for each content: {@code BUILD/homes/DIGEST}. Homes are never changed, so that
 * one can be made while a system runs from another.
 */
public final class Assembly {
    private static final int KEPT = 4;

    private final Checkout checkout;
    private final Console console;

    public Assembly(Checkout checkout, Console console) {
        this.checkout = checkout;
        this.console = console;
    }

    /** What there is to know of an assembled profile. */
    public record Assembled(Profile profile, Path buildDir, Path home) { }

    /** The profile's home for a JVM on this machine, with its class archive; made if it is not there. */
    public Assembled hosted(String nameOrPath) {
        return assemble(CompleteProfile.find(nameOrPath, checkout, console).hosted(), true);
    }

    /** The profile's home for an image, which has a Java runtime and so a class archive of its own. */
    public Assembled booted(String nameOrPath) {
        return assemble(CompleteProfile.find(nameOrPath, checkout, console), false);
    }

    private Assembled assemble(CompleteProfile complete, boolean hosted) {
        Profile profile = complete.profile();
        Path buildDir = complete.buildDir();
        ProfileHome home = new ProfileHome(profile, complete.repository());
        Path dir = buildDir.resolve("homes").resolve((hosted ? "" : "boot-") + digest(profile, home));
        try {
            if (!Files.exists(dir)) {
                Resolution.check(profile, complete.repository());
                make(profile, home, dir, hosted);
            }
            Files.setLastModifiedTime(dir, FileTime.from(Instant.now()));
            forgetOld(dir.getParent());
        } catch (IOException e) {
            throw new Failure("Can't assemble the profile " + profile.name() + " in " + dir, e);
        }
        return new Assembled(profile, buildDir, dir);
    }

    private static List<Path> inputs(Profile profile, ProfileHome home) {
        Path classes = classList(profile);
        return Files.exists(classes) ? Stream.concat(home.inputs().stream(), Stream.of(classes)).toList() : home.inputs();
    }

    /** Another run may make the same home meanwhile: each in a folder of its own, and the first one stays. */
    private void make(Profile profile, ProfileHome home, Path dir, boolean hosted) throws IOException {
        Path making = dir.resolveSibling(dir.getFileName() + "." + ProcessHandle.current().pid());
        try {
            home.write(making, hosted);
            Path classes = classList(profile);
            if (Files.exists(classes)) {
                Files.copy(classes, making.resolve("classlist"));
            }
            spawn(profile, making);
            if (hosted) {
                archive(making);
            }
            if (!Files.exists(dir)) {
                Files.move(making, dir, StandardCopyOption.ATOMIC_MOVE);
            }
        } finally {
            ProfileHome.delete(making);
        }
    }

    private static boolean runsServices(Profile profile) {
        return profile.bundles().stream().anyMatch(b -> b.symbolicName().equals("org.cloudos.units"));
    }

    /** The program that services are started by. Without a compiler the rest of the profile runs all the same. */
    private void spawn(Profile profile, Path home) throws IOException {
        if (!runsServices(profile)) {
            return;
        }
        try {
            SpawnProgram.compile(Files.createDirectories(home.resolve("bin")).resolve("spawn"));
        } catch (ImageException e) {
            console.say("Native services can't be started in this profile: its program bin/spawn could not be compiled. "
                    + e.getMessage().lines().limit(2).map(String::strip).collect(Collectors.joining(" ")) + " (needed are gcc and libc6-dev)");
            console.detail(e.getMessage());
        }
    }

    /** Where the profile's own class list is or would be. */
    public static Path ownClassList(Profile profile) {
        return profile.text().file().resolveSibling(profile.name() + ".classlist");
    }

    /**
     * The classes for a profile's archive; beside the profile, and kept with it. May be missing. A profile with the
     * bundles of the one that it includes takes that one's.
     */
    public static Path classList(Profile profile) {
        Path own = ownClassList(profile);
        if (Files.exists(own) || profile.text().own().stream().anyMatch(Profile::choosesBundles)) {
            return own;
        }
        return profile.text().files().reversed().stream().map(file -> file.resolveSibling(ProfileText.name(file) + ".classlist"))
                .filter(Files::exists).findFirst().orElse(own);
    }

    /** A profile that does not start gets no archive: it will say itself what is wrong with it. */
    private void archive(Path home) throws IOException {
        try (Progress progress = console.progress("Making the class archive")) {
            CdsArchive archive = new CdsArchive(Path.of(System.getProperty("java.home"), "bin", "java"), home);
            archive.systemPackages(home.resolve("system.packages"));
            if (!Files.exists(home.resolve("classlist"))) {
                progress.step("a first start, to see which classes it loads");
                archive.train(home.resolve("classlist"));
            }
            progress.step("dumping");
            archive.dump(home.resolve("classlist"), home.resolve("cds.jsa"));
            progress.done(Files.size(home.resolve("cds.jsa")) / 1_000_000 + " MB");
        } catch (ImageException e) {
            console.say("No class archive, so the start is slower: " + e.getMessage().lines().limit(2).map(String::strip)
                    .collect(Collectors.joining(" ")));
            console.detail(e.getMessage());
        }
    }

    private static void forgetOld(Path homes) throws IOException {
        List<Path> all;
        try (Stream<Path> dirs = Files.list(homes)) {
            all = dirs.sorted(Comparator.comparing((Path p) -> p.toFile().lastModified()).reversed()).toList();
        }
        for (Path old : all.subList(Math.min(KEPT, all.size()), all.size())) {
            ProfileHome.delete(old);
        }
    }

    /** Of everything that the home is made from, the JVM included, since its CDS archive fits that JVM alone. */
    private static String digest(Profile profile, ProfileHome home) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            String facts = String.join("\n", System.getProperty("java.vm.version"), System.getProperty("java.home"),
                    profile.name(), profile.image().toString(), profile.bundles().toString(), profile.properties().toString(), profile.vm().toString(),
                    home.kinds().toString(), runsServices(profile) ? SpawnProgram.key() : "");
            digest.update(facts.getBytes(StandardCharsets.UTF_8));
            for (Path file : inputs(profile, home)) {
                try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
                    in.transferTo(java.io.OutputStream.nullOutputStream());
                }
            }
            return HexFormat.of().formatHex(digest.digest()).substring(0, 16);
        } catch (IOException e) {
            throw new Failure("Can't read the bundles of profile " + profile.name(), e);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
