package org.cloudos.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.cloudos.cli.fs.MountServer;
import org.cloudos.cli.fs.Mounted;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Mounts a volume; a process of its own serves it until it is unmounted. */
@Command(name = "mount", header = "Mounts a volume on a folder. A process in the background serves it until it is unmounted.",
        footer = {"", "Options (-o name=value,...): ro, memory=64m (for caches and what is not written yet), commit=5 (seconds),",
            "discard, passphrase-file=PATH, log=drop, force, degraded (one device of a mirror goes on alone),",
            "snapshot=NAME (a snapshot, or a clone to write to, in place of the volume's own files);",
            "of FUSE: allow-other, write-back, threads, cache (seconds), uring (auto, on, off: requests over io_uring),",
            "nosuid, nodev, noexec.", "",
            "It ends in order with ./cloudos fs umount, umount, fusermount3 -u, and by SIGTERM. Users but root need the package fuse3."})
final class FsMountCommand implements Callable<Integer> {
    private final Console console;

    @Parameters(index = "0", paramLabel = "IMAGE", description = "File or block device.")
    private Path image;

    @Parameters(index = "1", paramLabel = "FOLDER", description = "That is there.")
    private Path folder;

    @Option(names = "--mirror", paramLabel = "IMAGE", description = "The second of a mirrored volume.")
    private Path mirror;

    @Option(names = "-o", paramLabel = "NAME[=VALUE]", split = ",", description = "Options, see below.")
    private List<String> options = List.of();

    @Option(names = "--foreground", description = "Serve in this process, and say here what goes wrong.")
    private boolean foreground;

    FsMountCommand(Console console) {
        this.console = console;
    }

    @Override public Integer call() throws IOException, InterruptedException {
        Mounted.refuse(image);
        if (!Files.isDirectory(folder)) {
            if (Mounted.isInTree(folder)) { // all calls to it fail, also the look at what it is
                throw new Failure(folder + ": a mount whose process has died is still there", "./cloudos fs umount " + folder + " takes it away");
            }
            throw new Failure(folder + ": expected a folder to mount on, found " + (Files.exists(folder) ? "something else" : "nothing"));
        }
        return foreground ? serve() : start();
    }

    private int serve() throws IOException, InterruptedException {
        List<Path> images = new ArrayList<>(List.of(image));
        if (mirror != null) {
            images.add(mirror);
        }
        Map<String, String> named = new LinkedHashMap<>();
        for (String option : options) {
            String[] parts = option.split("=", 2);
            named.put(parts[0], parts.length == 1 ? "true" : parts[1]);
        }
        try {
            new MountServer(images, folder, named, System.err).serve(System.getProperty("cloudos.fs.log", ""), () -> console.print("mounted"));
            return Failure.OK;
        } catch (IOException | IllegalArgumentException e) {
            throw new Failure(e.getMessage());
        }
    }

    /** A JVM for long runs; this one is made for quick starts. Its own session, so that the terminal's end and Ctrl-C are not its. */
    private int start() throws IOException, InterruptedException {
        Path log = Mounted.states().resolve("mount-" + ProcessHandle.current().pid() + ".log");
        List<String> command = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/setsid"))) {
            command.add("/usr/bin/setsid");
        }
        command.addAll(List.of(System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC", "-Xms32m", "-Xmn16m", "-XX:MinHeapFreeRatio=10",
                "-XX:MaxHeapFreeRatio=20", "-XX:MaxRAMPercentage=25", "-Xshare:auto",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-Duser.home=" + System.getProperty("user.home"),
                "-Dcloudos.root=" + System.getProperty("cloudos.root", ""), "-Dcloudos.fs.log=" + log, "-cp", System.getProperty("java.class.path"),
                Main.class.getName(), "fs", "mount", "--foreground", image.toString(), folder.toString()));
        if (mirror != null) {
            command.addAll(List.of("--mirror", mirror.toString()));
        }
        for (String option : options) {
            command.addAll(List.of("-o", option));
        }
        Process server = new ProcessBuilder(command).redirectError(log.toFile()).redirectInput(Path.of("/dev/null").toFile()).start();
        try (BufferedReader said = server.inputReader()) {
            if ("mounted".equals(said.readLine())) {
                console.say(image + " is mounted on " + folder + " (process " + server.pid() + ", log " + log + ")");
                return Failure.OK;
            }
        }
        server.waitFor();
        String why = Files.readString(log).strip();
        Files.deleteIfExists(log);
        throw new Failure(why.isEmpty() ? "The process that was to serve " + folder + " ended with " + server.exitValue()
                : why.replaceFirst("^.*?error: ", ""));
    }
}
