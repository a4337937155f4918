package org.cloudos.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.cloudos.cli.home.Assembly;
import org.cloudos.cli.home.Repositories;
import org.cloudos.cli.profile.Profiles;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;
import org.cloudos.image.qemu.Machine;
import org.cloudos.image.qemu.QemuRun;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Boots a profile in QEMU. */
@Command(name = "boot", header = "Boots a profile in QEMU, with its console on the terminal.",
        footer = {"", "Examples:", "  ./cloudos boot", "  ./cloudos boot server --disk data.img --memory 1024",
            "  ./cloudos boot --arch aarch64", "  ./cloudos boot --exec os:status --exec os:boottime --timeout 120", "  ./cloudos boot -- -device edu",
            "", "What follows -- goes to QEMU. Ctrl-A X ends the machine at once; os:poweroff ends it in order."})
final class BootCommand implements Callable<Integer> {
    private static final int PORTS = 65535;

    private final Console console;
    private List<String> arguments = List.of();

    @Parameters(arity = "0..1", paramLabel = "PROFILE", completionCandidates = ProfileNames.class,
            defaultValue = Profiles.DEFAULT, description = "Name of a profile, or path of a .bndrun (default: ${DEFAULT-VALUE}).")
    private String profile;


    @Option(names = "--exec", paramLabel = "CMD", description = "Run this shell command once the system is ready, then"
            + " power off; may be repeated. Exit code 0 when all succeed.")
    private List<String> commands = List.of();

    @Option(names = "--arch", paramLabel = "ARCH", defaultValue = "x86_64", description = "Architecture (default: ${DEFAULT-VALUE}).")
    private String arch;

    @Option(names = "--memory", paramLabel = "MIB", defaultValue = "" + Machine.DEFAULT_MEMORY_MIB,
            description = "Memory of the machine (default: ${DEFAULT-VALUE} MiB).")
    private int memory;

    @Option(names = "--disk", paramLabel = "FILE", description = "Data disk, made when missing; without one, changes are lost.")
    private Path disk;

    @Option(names = "--image", paramLabel = "FILE", description = "Boot this disk image with UEFI instead; no profile is assembled.")
    private Path image;

    @Option(names = "--timeout", paramLabel = "S", description = "End it after so many seconds, with exit code 124.")
    private Integer timeout;

    @Option(names = "--port", paramLabel = "N", defaultValue = "0",
            description = "This machine's port that leads to SSH (default: the first free one from 2222 on).")
    private int port;

    @Option(names = "--forward", paramLabel = "PORT:GUEST",
            description = "This machine's port that leads to a port of the booted one, e.g. 8443:443; may be repeated.")
    private List<String> forwards = List.of();

    BootCommand(Console console) {
        this.console = console;
    }

    /** What followed {@code --} on the command line. */
    void qemuArguments(List<String> words) {
        arguments = words;
    }

    @Override public Integer call() throws IOException {
        check();
        UserKeys keys = new UserKeys(Xdg.config());
        Machine machine = new Machine(source(), memory, disk, port, keys.authorizedKeys(), commands,
                timeout == null ? null : Duration.ofSeconds(timeout), options(), forwards(), arguments);
        try (QemuRun run = new QemuRun(machine)) {
            console.say("QEMU with " + run.accelerator().why() + (disk == null && image == null ? "; no --disk: changes are lost" : ""));
            console.say("SSH: " + sshCommand(keys, run.port()));
            console.detail(String.join(" ", run.command()));
            QemuRun.Result result = run.run(System.out, event -> console.detail(event.toString()));
            if (result.code() == QemuRun.TIMED_OUT) {
                throw Failure.timeOut("Not done after " + timeout + " s, the machine was ended",
                        "What it said last is above; --timeout gives it longer");
            }
            if (!result.reason().isEmpty()) {
                throw new Failure("The machine gave up: " + result.reason());
            }
            return result.code();
        }
    }

    private static List<String> options() {
        String repositories = Repositories.ofThisMachine();
        return repositories.isEmpty() || repositories.contains(" ") ? List.of() : List.of("repositories=" + repositories);
    }

    private List<Machine.Forward> forwards() {
        return forwards.stream().map(text -> {
            String[] ports = text.split(":", -1);
            if (ports.length != 2 || !text.matches("\\d{1,5}:\\d{1,5}") || Integer.parseInt(ports[0]) > PORTS || Integer.parseInt(ports[1]) > PORTS) {
                throw Failure.usage("--forward: expected PORT:GUEST, two numbers up to " + PORTS + ", found " + text);
            }
            return new Machine.Forward(Integer.parseInt(ports[0]), Integer.parseInt(ports[1]));
        }).toList();
    }

    private void check() {
        if (timeout != null && timeout <= 0) {
            throw Failure.usage("--timeout: expected a number of seconds above 0, found " + timeout);
        }
        if (port < 0 || port > PORTS) {
            throw Failure.usage("--port: expected 0 to 65535, found " + port);
        }
    }

    private Machine.Source source() throws IOException {
        Arch target = Choices.arch(arch);
        if (image != null) {
            return new Machine.Disk(image, target);
        }
        Assembly.Assembled assembled = new Assembly(Checkout.find(), console).booted(profile);
        try (Progress progress = console.progress("Assembling " + assembled.profile().name())) {
            Image.BootFiles files = new Image(Image.defaultCache(), progress::step)
                    .bootFiles(assembled.home(), target, assembled.profile().name());
            progress.done("done");
            return new Machine.Kernel(files, target, Image.drivesDevices(assembled.home()));
        }
    }

    /** A machine without a disk has a new host key each time: none is remembered for it. */
    private String sshCommand(UserKeys keys, int actual) {
        return "ssh -p " + actual + " -i " + keys.identity() + (disk == null
                ? " -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null" : "") + " cloudos@localhost";
    }
}
