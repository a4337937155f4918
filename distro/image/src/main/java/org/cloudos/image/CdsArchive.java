package org.cloudos.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/**
 * The class-data-sharing archive of a profile home: its classes parsed, linked and laid out as the JVM maps them. Static
 * archive with {@code -XX:+AOTClassLinking}, made from a class list that a training run writes. The archive holds for one
 * JVM build and for jars with the same relative paths, sizes and times: it is dumped with the home as working directory.
 */
public final class CdsArchive {
    /** Commands that most do first, and a completion. */
    private static final List<String> TRAINING = List.of("os:status", "bundle:list", "help", "os:mem\t", "os:status --json");
    /** For a profile with services: what starting the first of them takes. */
    private static final List<String> SERVICES = List.of("svc:start trained.target", "svc:list", "svc:status trained", "svc:stop trained");
    /** For a profile with the configuration tree: what taking in a change and keeping it takes. */
    private static final List<String> SETTINGS = List.of("config:set ssh.idle 30", "config:history", "config:unset ssh.idle");
    /** For a profile with the journal: what the first question takes. */
    private static final List<String> QUESTIONS = List.of("log:query 'level>=info and bundle=units and since 1h'");
    private static final String MAIN = "org.cloudos.launcher.Main";
    private static final String SYSTEM_PACKAGES = "org.cloudos.launcher.SystemPackages";
    /** Else the size of this machine's memory shows in the archive; any heap can load it. */
    private static final String DUMP_HEAP = "-Xmx256m";
    /** Else a dump that takes long, in an emulated JVM, drops soft references that the next one keeps. */
    private static final String KEEP_SOFT_REFERENCES = "-XX:SoftRefLRUPolicyMSPerMB=1000000000";
    private static final int ATTEMPTS = 3;

    private final List<String> java;
    private final Path home;

    /** @param java the program bin/java of the runtime that the archive is for */
    public CdsArchive(Path java, Path home) {
        this(List.of(java.toAbsolutePath().toString()), home);
    }

    /** @param java the words that start the runtime that the archive is for */
    CdsArchive(List<String> java, Path home) {
        this.java = java;
        this.home = home.toAbsolutePath();
    }

    /** The class path that launcher, archive and image share: relative to the home. */
    public static String classPath(Path home) throws IOException {
        return String.join(":", Files.readAllLines(home.resolve("classpath")).stream().filter(l -> !l.isBlank()).toList());
    }

    /** Writes the packages that this JVM offers to bundles into a file of the home, which saves each start from asking. */
    public void systemPackages(Path file) throws IOException {
        List<String> words = new ArrayList<>(java);
        words.addAll(List.of("--sun-misc-unsafe-memory-access=allow", "-cp", classPath(home), SYSTEM_PACKAGES,
                file.toAbsolutePath().toString()));
        new Tool(words.toArray()).in(home).run();
    }

    /**
     * Runs the profile, hosted, until it is ready, types some commands, and records what it loaded.
     *
     * @param list gets the class list, normalised
     */
    public void train(Path list) throws IOException {
        Path scratch = Files.createTempDirectory("cloudos-train");
        try {
            Path raw = scratch.resolve("classlist");
            Path keys = Files.writeString(scratch.resolve("keys"), nobodysKey());
            List<String> words = start(List.of("-Xshare:off", "-XX:DumpLoadedClassList=" + raw, "-Dcloudos.ssh.port=0", "-Dcloudos.ssh.keys=" + keys));
            words.addAll(List.of(MAIN, "--data", scratch.resolve("data").toString()));
            List<String> commands = new ArrayList<>(TRAINING);
            if (Files.exists(home.resolve("bin/spawn"))) {
                services(scratch.resolve("data/units"));
                commands.addAll(SERVICES);
            }
            if (has("org.cloudos.config")) commands.addAll(SETTINGS);
            if (has("org.cloudos.journal")) commands.addAll(QUESTIONS);
            String terminal = new TrainingRun(words, home, scratch).run(commands);
            if (!Files.exists(raw)) throw new ImageException("the training run wrote no class list:\n" + terminal);
            Files.write(list, ClassList.normalise(Files.readAllLines(raw)));
        } finally {
            Trees.delete(scratch);
        }
    }

    /** A key for the SSH server, which does not start without one; nobody keeps the other half. RFC 8709 section 4. */
    private static String nobodysKey() {
        final int length = 32;
        try {
            byte[] encoded = KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPublic().getEncoded();
            byte[] name = "ssh-ed25519".getBytes(StandardCharsets.US_ASCII);
            ByteBuffer blob = ByteBuffer.allocate(2 * Integer.BYTES + name.length + length).putInt(name.length).put(name).putInt(length)
                    .put(encoded, encoded.length - length, length);
            return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.array()) + "\n";
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has Ed25519", e);
        }
    }

    private boolean has(String bundle) throws IOException {
        Path list = home.resolve("bundles.list");
        return Files.exists(list) && Files.readAllLines(list).stream().anyMatch(l -> List.of(l.split("\\s+")).contains(bundle));
    }

    /** Two services of which one needs the other, as packages have them. */
    private static void services(Path units) throws IOException {
        Files.createDirectories(units);
        Files.writeString(units.resolve("first.service"), "[Unit]\nDescription=First\n[Service]\nType=oneshot\nRemainAfterExit=yes\n"
                + "Environment=A=b\nUMask=027\nLimitNOFILE=1024\nExecStart=/bin/echo $A\n");
        Files.writeString(units.resolve("trained.service"), "[Unit]\nRequires=first.service\nAfter=first.service\n"
                + "[Service]\nType=exec\nRestart=on-failure\nTimeoutStopSec=5s\nExecStart=/bin/sleep 600\n");
        Files.writeString(units.resolve("trained.target"), "[Unit]\nRequires=trained.service\nAfter=trained.service\n");
    }

    /** Makes the archive; enough for a hosted run. */
    public void dump(Path list, Path archive) throws IOException {
        Path work = archive.resolveSibling("." + archive.getFileName() + ".tmp");
        dumpTo(list, work);
        Files.move(work, archive, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    /**
     * Makes the archive the same for the same inputs. The JVM archives the moment of dumping in soft references; two
     * dumps show where, see {@link ArchiveClock}.
     */
    void dumpReproducible(Path list, Path archive) throws IOException {
        Path other = archive.resolveSibling("." + archive.getFileName() + ".other");
        String difference = "";
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            ArchiveClock clock = new ArchiveClock();
            dumpTo(list, archive);
            dumpTo(list, other);
            try {
                clock.clear(archive, other);
                return;
            } catch (ImageException e) {
                difference = e.getMessage();
            } finally {
                Files.deleteIfExists(other);
            }
        }
        throw new ImageException("the CDS archive differs from dump to dump: " + difference);
    }

    private void dumpTo(Path list, Path archive) throws IOException {
        List<String> words = start(List.of("-XX:SharedClassListFile=" + list.toAbsolutePath(), "-XX:+AOTClassLinking", "-Xshare:dump",
                DUMP_HEAP, KEEP_SOFT_REFERENCES, "-XX:SharedArchiveFile=" + archive.toAbsolutePath(), "-Xlog:disable", "-Xlog:all=error"));
        new Tool(words.toArray()).in(home).run();
        if (!Files.exists(archive)) throw new ImageException("the JVM made no CDS archive " + archive);
    }

    private List<String> start(List<String> options) throws IOException {
        List<String> words = new ArrayList<>(java);
        if (Files.exists(home.resolve("jvm.args"))) words.add("@jvm.args");
        words.addAll(options);
        words.addAll(List.of("-cp", classPath(home)));
        return words;
    }
}
