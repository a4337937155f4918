package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.cloudos.cli.Console;
import org.cloudos.image.Image;
import org.cloudos.image.qemu.Machine;
import org.cloudos.image.qemu.QemuRun;

/**
 * From the start of QEMU to a prompt on the serial console, against the same kernel on the same machine with an init
 * that only prints, in turns; and the memory that is used then.
 */
final class BootedStart {
    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final double TIME_GOAL = 2.0;
    private static final double MEMORY_GOAL = 100;
    private static final Pattern USED = Pattern.compile("\"used\":\\s*(\\d+)");

    private final Median ours = new Median();
    private final Median answered = new Median();
    private final Median theirs = new Median();
    private final Median memory = new Median();

    List<Bench.Measure> run(Image.BootFiles files, Path folder, Console console, int runs) throws IOException {
        Image.BootFiles peer = new Image.BootFiles(files.kernel(), Busybox.initramfs(folder), files.root());
        String accelerator = "";
        for (int i = 0; i < runs; i++) {
            console.say("booted start, run " + (i + 1) + " of " + runs);
            try (QemuRun machine = machine(files); Terminal terminal = terminal(machine)) {
                accelerator = machine.accelerator().kvm() ? "KVM" : "TCG";
                ours.add(seconds(terminal.await("cloudos>", LIMIT)));
                terminal.type("os:status --json"); // kept until the editor is there
                answered.add(seconds(terminal.await("\"profile\":", LIMIT)));
                terminal.type("sleep 10"); // what starts behind the prompt counts too
                terminal.type("os:memory --json");
                memory.add(used(terminal) / 1e6);
            }
            try (QemuRun machine = machine(peer); Terminal terminal = terminal(machine)) {
                theirs.add(seconds(terminal.await(Busybox.PRINTS, LIMIT)));
            }
        }
        return List.of(new Bench.Measure("power-on to prompt, QEMU, " + accelerator + " (peer: same kernel, busybox init)", ours.get(),
                        theirs.get(), "s", TIME_GOAL, false),
                Bench.Measure.told("power-on to the answer of a first command, typed at once", answered.get(), "s"),
                new Bench.Measure("memory in use after boot, 512 MB machine", memory.get(), Double.NaN, "MB", MEMORY_GOAL, false));
    }

    private static double used(Terminal terminal) throws IOException {
        Matcher used = USED.matcher(terminal.awaitMatch(USED, LIMIT));
        if (!used.find()) {
            throw new IOException("os:memory --json did not say what is used");
        }
        return Double.parseDouble(used.group(1));
    }

    private static QemuRun machine(Image.BootFiles files) throws IOException {
        return new QemuRun(new Machine(new Machine.Kernel(files), Machine.DEFAULT_MEMORY_MIB, null, 0, null, List.of(), null,
                List.of(), List.of(), List.of()));
    }

    /** QEMU on a terminal of its own; nobody listens to the status port. */
    private static Terminal terminal(QemuRun machine) throws IOException {
        List<String> words = new ArrayList<>(machine.command());
        words.replaceAll(w -> w.startsWith("socket,id=status,") ? "null,id=status" : w);
        String line = words.stream().map(w -> "'" + w.replace("'", "'\\''") + "'").collect(Collectors.joining(" "));
        return new Terminal(line, Path.of("").toAbsolutePath(), Map.of());
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
