package org.cloudos.image.qemu;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.cloudos.image.Arch;
import org.cloudos.image.DataDisk;
import org.cloudos.image.HostTools;
import org.cloudos.image.Image;
import org.cloudos.image.ImageException;
import org.cloudos.image.PrivateQemu;
import org.cloudos.image.Progress;

/**
 * One run of a machine: checked and prepared when it is made, so that port and accelerator can be told before it
 * {@linkplain #run runs}. Ends no process but the QEMU that it started.
 */
public final class QemuRun implements Closeable {
    /** The exit code of a run that took too long, as timeout(1) has it. */
    public static final int TIMED_OUT = 124;

    private static final long DATA_BYTES = 1L << 30;
    private static final Pattern VERSION = Pattern.compile("version (\\d+)\\.");
    // 10.0.2.x is what QEMU's user network gives.
    private static final String NETWORK = "ip=10.0.2.15::10.0.2.2:255.255.255.0:: dns=10.0.2.3";

    private final Machine machine;
    private final QemuCommand command;
    private final Path folder;
    private final List<StatusEvent> events = Collections.synchronizedList(new ArrayList<>());

    /** @param code 0, the guest's exit code, or {@link #TIMED_OUT}; for a machine with a terminal QEMU's own
     *  @param started {@link System#nanoTime} when QEMU was started */
    public record Result(int code, List<StatusEvent> events, long started) {
        /** Why init gave up, for the person at the terminal; empty when the system itself ended. */
        public String reason() {
            return events.stream().filter(e -> e.name().equals("exit")).findFirst().map(e -> e.text("reason")).orElse("");
        }
    }

    public QemuRun(Machine machine) throws IOException {
        Arch arch = machine.source().arch();
        HostTools.require(arch.qemu());
        if (machine.source() instanceof Machine.Disk(Path image, Arch _)) {
            HostTools.require(arch.firmware());
            if (!Files.isRegularFile(image)) throw new ImageException("there is no disk image " + image);
        }
        if (machine.memoryMib() < 32) throw new ImageException("a machine needs memory: " + machine.memoryMib() + " MiB is none");
        this.machine = machine;
        int port = Ports.choose(machine.port());
        prepareDisk(machine.disk());
        folder = Files.createTempDirectory("cloudos-run");
        Accelerator accelerator = Accelerator.detect(arch);
        Path program = program(arch, accelerator);
        command = new QemuCommand(machine, new QemuCommand.Facts(program, version(program), accelerator, port, folder));
        Files.writeString(folder.resolve("options"), String.join(" ", options()) + "\n");
        Files.writeString(folder.resolve("exec"), String.join("\n", machine.commands()) + "\n");
        if (machine.source() instanceof Machine.Disk) Files.copy(QemuCommand.firmware(arch).variables(), folder.resolve("variables.fd"));
    }

    public int port() {
        return command.facts().port();
    }

    public Accelerator accelerator() {
        return command.facts().accelerator();
    }

    /** What would be started. */
    public List<String> command() {
        return command.words();
    }

    private static void prepareDisk(Path disk) throws IOException {
        if (disk == null) return;
        if (!Files.exists(disk)) {
            Path parent = disk.toAbsolutePath().getParent();
            if (!Files.isDirectory(parent)) throw new ImageException("the data disk " + disk + " can't be made: there is no folder " + parent);
            DataDisk.create(disk, DATA_BYTES);
        } else if (!Files.isRegularFile(disk) || !Files.isWritable(disk)) {
            throw new ImageException("the data disk " + disk + " is no file that can be written");
        } else {
            DataDisk.check(disk);
        }
    }

    /** The host's own, unless it would emulate several processors wrongly; then the pinned suite's. */
    private static Path program(Arch arch, Accelerator accelerator) throws IOException {
        Path host = HostTools.path(arch.systemEmulator());
        if (accelerator.kvm() || version(host) >= QemuCommand.SOUND_VERSION) return host;
        try {
            return PrivateQemu.program(Image.defaultCache(), arch, Progress.SILENT);
        } catch (ImageException e) {
            return host; // no network: slower, one processor at a time
        }
    }

    private static int version(Path program) throws IOException {
        Process process = new ProcessBuilder(program.toString(), "--version").redirectErrorStream(true).start();
        Matcher version = VERSION.matcher(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
        return version.find() ? Integer.parseInt(version.group(1)) : 0;
    }

    private List<String> options() {
        List<String> words = new ArrayList<>(List.of(NETWORK));
        words.addAll(command.options());
        words.addAll(machine.options());
        String term = System.getenv("TERM");
        if (machine.interactive() && term != null && term.matches("[\\w.+-]+")) words.add("term=" + term);
        if (machine.interactive()) words.addAll(terminalSize());
        return words;
    }

    /** A serial line doesn't tell its terminal's size. */
    private static List<String> terminalSize() {
        try {
            Process stty = new ProcessBuilder("stty", "size").redirectInput(ProcessBuilder.Redirect.INHERIT).start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip().split(" ");
            return size.length == 2 && size[0].matches("\\d{1,4}") ? List.of("rows=" + size[0], "columns=" + size[1]) : List.of();
        } catch (IOException e) {
            return List.of();
        }
    }

    /**
     * Runs the machine to its end.
     *
     * @param console gets what a driven machine prints; one with a terminal talks to the terminal itself
     * @param listener hears the guest's reports as they come, on another thread
     * @throws ImageException when QEMU can't run the machine, or a driven machine ends without saying how
     */
    public Result run(OutputStream console, Consumer<StatusEvent> listener) throws IOException {
        long started = System.nanoTime();
        try (StatusChannel status = new StatusChannel(folder.resolve("status"), e -> {
            events.add(e);
            listener.accept(e);
        })) {
            return machine.interactive() ? withTerminal(started) : driven(started, console, status);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ImageException("interrupted while the machine ran", e);
        }
    }

    private Result withTerminal(long started) throws IOException, InterruptedException {
        Process qemu = start(new ProcessBuilder(command.words()).inheritIO());
        boolean late = !waitFor(qemu);
        return new Result(late ? TIMED_OUT : qemu.exitValue(), List.copyOf(events), started);
    }

    private Result driven(long started, OutputStream console, StatusChannel status) throws IOException, InterruptedException {
        Path errors = folder.resolve("errors");
        Process qemu = start(new ProcessBuilder(command.words()).redirectInput(Path.of("/dev/null").toFile()).redirectError(errors.toFile()));
        ConsoleText tail = new ConsoleText(console);
        Thread copier = Thread.ofPlatform().name("console").start(() -> copy(qemu.getInputStream(), tail));
        boolean late = !waitFor(qemu);
        copier.join(2000);
        status.drain();
        if (late) return new Result(TIMED_OUT, List.copyOf(events), started);
        String said = Files.readString(errors).strip();
        if (qemu.exitValue() != 0) throw new ImageException("QEMU can't run the machine: " + said);
        StatusEvent exit = events.stream().filter(e -> e.name().equals("exit")).findFirst().orElseThrow(() ->
                new ImageException("the machine ended without saying how. The last that it printed:\n" + tail));
        return new Result(exit.number("code", 1), List.copyOf(events), started);
    }

    private Process start(ProcessBuilder builder) throws IOException {
        Process qemu = builder.start();
        Thread hook = Thread.ofPlatform().unstarted(qemu::destroy); // the command's own end ends its machine
        Runtime.getRuntime().addShutdownHook(hook);
        qemu.onExit().thenRun(() -> {
            try {
                Runtime.getRuntime().removeShutdownHook(hook);
            } catch (IllegalStateException e) {
                // going down already
            }
        });
        return qemu;
    }

    /** @return false when the time is over; QEMU is ended then */
    private boolean waitFor(Process qemu) throws InterruptedException {
        if (machine.timeout() == null) {
            qemu.waitFor();
            return true;
        }
        if (qemu.waitFor(machine.timeout().toMillis(), TimeUnit.MILLISECONDS)) return true;
        qemu.destroy();
        if (!qemu.waitFor(5, TimeUnit.SECONDS)) qemu.destroyForcibly().waitFor();
        return false;
    }

    private static void copy(InputStream from, OutputStream to) {
        try (from) {
            from.transferTo(to);
            to.flush();
        } catch (IOException e) {
            // Nobody reads the console any more; the machine's own report still counts.
        }
    }

    @Override public void close() throws IOException {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) return;
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(file);
        }
    }
}
