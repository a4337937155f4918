package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/** From `./cloudos run` and from Karaf's own script to a prompt on a terminal, in turns; and what is resident then. */
final class HostedStart {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final Duration SETTLE = Duration.ofSeconds(5);
    private static final double TIME_GOAL = 0.25;
    private static final double MEMORY_GOAL = 0.5;

    private final Median ours = new Median();
    private final Median theirs = new Median();
    private final Median ourMemory = new Median();
    private final Median theirMemory = new Median();

    List<Bench.Measure> run(Checkout checkout, Console console, int runs) throws IOException, InterruptedException {
        Karaf karaf = Karaf.install(checkout);
        Path data = Files.createTempDirectory("cloudos-bench");
        for (int i = 0; i <= runs; i++) { // the first of each only fills the caches
            console.say("hosted start, run " + i + " of " + runs);
            try (Terminal terminal = new Terminal(checkout.root().resolve("cloudos") + " run minimal --port 0 --data " + data,
                    checkout.root(), Map.of())) {
                measure(terminal, "cloudos>", i > 0, ours, ourMemory);
            }
            try (Terminal terminal = karaf.start()) {
                measure(terminal, "@root()>", i > 0, theirs, theirMemory);
            }
        }
        String peer = " (peer: Karaf minimal, JDK " + karaf.javaVersion() + ")";
        return List.of(new Bench.Measure("hosted start to prompt" + peer, ours.get(), theirs.get(), "s", TIME_GOAL, false),
                new Bench.Measure("hosted resident memory" + peer, ourMemory.get(), theirMemory.get(), "MB", MEMORY_GOAL, false));
    }

    private static void measure(Terminal terminal, String prompt, boolean counts, Median time, Median memory)
            throws IOException, InterruptedException {
        Duration taken = terminal.await(prompt, LIMIT);
        Thread.sleep(SETTLE); // both go on starting things behind the prompt
        if (counts) {
            time.add(taken.toNanos() / 1e9);
            memory.add(terminal.residentBytes() / 1e6);
        }
    }
}
