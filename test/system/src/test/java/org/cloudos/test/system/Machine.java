package org.cloudos.test.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A running CloudOS, hosted or booted in QEMU, that is driven over SSH. */
final class Machine implements AutoCloseable {
    private static final String STOPPED_TIMER = "rcu_preempt kthread timer wakeup didn't happen";
    private static final int MOST_STOPPED_TIMERS = 2;

    private final Path home;
    private final List<String> arguments;
    private final int port;
    private Process process;

    private Machine(Path home, String verb, List<String> arguments, String... qemu) throws IOException {
        this.home = home;
        this.port = freePort();
        this.arguments = new ArrayList<>(List.of(Command.ROOT.resolve("cloudos").toString(), verb));
        this.arguments.addAll(arguments);
        this.arguments.addAll(List.of("--port", Integer.toString(port)));
        if (qemu.length > 0) {
            this.arguments.add("--");
            this.arguments.addAll(List.of(qemu));
        }
    }

    static Machine hosted(Path home, String profile) throws IOException, InterruptedException {
        return new Machine(home, "run", List.of(profile, "--data", home.resolve("data").toString())).start();
    }

    static Machine booted(Path home, String profile, String... more) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(profile, "--memory", "1024", "--disk", home.resolve("data.img").toString()));
        arguments.addAll(List.of(more));
        return new Machine(home, "boot", arguments).start();
    }

    /** @param qemu more for QEMU, such as devices */
    static Machine withDevices(Path home, String profile, String... qemu) throws IOException, InterruptedException {
        return withDevices(home, profile, List.of(), qemu);
    }

    /** @param more options of {@code ./cloudos boot} */
    static Machine withDevices(Path home, String profile, List<String> more, String... qemu) throws IOException, InterruptedException {
        List<String> arguments = new ArrayList<>(List.of(profile, "--memory", "1024"));
        arguments.addAll(more);
        return new Machine(home, "boot", arguments, qemu).start();
    }

    /** As {@link #withDevices}, of another architecture. */
    static Machine ofArchitecture(Path home, String profile, String architecture, String... qemu) throws IOException, InterruptedException {
        return new Machine(home, "boot", List.of(profile, "--arch", architecture, "--memory", "1024"), qemu).start();
    }

    /**
     * Starts it, again after it ended, with the data that it had. A start in which the emulator stopped a processor's timer is not one: its
     * local APIC holds the timer's interrupt in service for ever, though the kernel is idle and takes interrupts (docs/boot.md).
     */
    Machine start() throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(console().toFile()));
        builder.environment().putAll(Command.environment(home));
        for (int stopped = 0; ; stopped++) {
            process = builder.start();
            if (becomesReady(stopped)) {
                return this;
            }
            close();
        }
    }

    /** Waits until the shell answers over SSH and the system is ready. */
    Machine awaitReady() throws IOException, InterruptedException {
        becomesReady(MOST_STOPPED_TIMERS);
        return this;
    }

    /** @return false where the kernel tells that a timer has stopped once more than {@code stopped} times */
    private boolean becomesReady(int stopped) throws IOException, InterruptedException {
        Instant limit = Instant.now().plus(Limits.START);
        while (Instant.now().isBefore(limit)) {
            if (!process.isAlive()) {
                throw new AssertionError("it ended with " + process.exitValue() + ":\n" + consoleText());
            }
            if (Files.exists(identity())) {
                Command status = ssh("os:status --json");
                if (status.status() == 0 && status.out().contains("\"ready\":true")) {
                    return true;
                }
            }
            if (stopped < MOST_STOPPED_TIMERS && Files.exists(console()) && consoleText().split(STOPPED_TIMER, -1).length > stopped + 1) {
                return false;
            }
            Thread.sleep(500);
        }
        throw new AssertionError("not ready after " + Limits.START + ":\n" + consoleText());
    }

    /** Runs one shell command. */
    Command ssh(String command) throws IOException, InterruptedException {
        return ssh(Limits.COMMAND, command);
    }

    /** Runs one that takes long. */
    Command ssh(Duration limit, String command) throws IOException, InterruptedException {
        return Command.run(home, limit, Stream.concat(door().stream(), Stream.of(command)).toList());
    }

    /** Starts one, to read what it prints while it runs. */
    Process started(String command) throws IOException {
        return new ProcessBuilder(Stream.concat(door().stream(), Stream.of(command)).toList())
                .redirectErrorStream(true).redirectInput(Path.of("/dev/null").toFile()).start();
    }

    private List<String> door() {
        return List.of("ssh", "-p", Integer.toString(port), "-i", identity().toString(),
                "-o", "IdentitiesOnly=yes", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
                "-o", "UserKnownHostsFile=/dev/null", "-o", "LogLevel=ERROR", "-o", "ConnectTimeout=20", "cloudos@127.0.0.1");
    }

    /** A session as a person has one, on a terminal of 24 lines; what it shows goes into a file. */
    Process terminal(Path screen) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("script", "-qefc", "stty rows 24 columns 80; exec " + String.join(" ", door()), "/dev/null")
                .redirectErrorStream(true).redirectOutput(screen.toFile());
        builder.environment().put("TERM", "xterm");
        return builder.start();
    }

    /** Runs one shell command that must succeed, and reads its JSON. */
    JsonElement json(String command) throws IOException, InterruptedException {
        Command result = ssh(command + " --json").expect(0);
        return JsonParser.parseString(result.out());
    }

    /** Deploys from outside. */
    Command deploy(Path... jars) throws IOException, InterruptedException {
        List<String> args = new ArrayList<>(List.of("deploy"));
        Stream.of(jars).map(Path::toString).forEach(args::add);
        args.addAll(List.of("--to", "127.0.0.1:" + port));
        return Command.cloudos(home, Limits.COMMAND, args.toArray(String[]::new));
    }

    /** Starts to deploy from outside, with a long trial. */
    Process startDeploy(Path jar, int trialSeconds) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Command.ROOT.resolve("cloudos").toString(), "deploy", jar.toString(),
                "--to", "127.0.0.1:" + port, "--trial", Integer.toString(trialSeconds))
                .redirectErrorStream(true).redirectOutput(home.resolve("deploy.txt").toFile());
        builder.environment().putAll(Command.environment(home));
        return builder.start();
    }

    /** Waits for the end of the machine after a power-off. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            throw new AssertionError("still running after power-off");
        }
        return process.exitValue();
    }

    /** What stands there may be half a character, or none: it is written while it is read, and firmware writes there too. */
    String consoleText() throws IOException {
        return new String(Files.readAllBytes(console()), StandardCharsets.UTF_8);
    }

    int port() {
        return port;
    }

    private Path console() {
        return home.resolve("console.txt");
    }

    private Path identity() {
        return home.resolve("config/cloudos/id_ed25519");
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Ends it as a power cut does: without a word to it. */
    @Override
    public void close() {
        List<ProcessHandle> children = process.descendants().toList();
        process.destroyForcibly();
        children.forEach(ProcessHandle::destroyForcibly);
        process.onExit().join();
        children.forEach(child -> child.onExit().join()); // its images are at rest
    }
}
