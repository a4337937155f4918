package org.cloudos.cli.bench;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;

/**
 * {@value #SERVICES} services in {@value #CHAINS} chains of dependencies, from the request until all of them run, in a JVM that did nothing of
 * the kind before; the peer is s6 or runit, which starts the same commands in parallel, without dependencies. By turns, medians: one cold
 * start tells little.
 */
final class UnitsBench implements ServicesBench.Part {
    private static final int SERVICES = 200;
    private static final int CHAINS = 20;
    private static final int COLD = 5;
    private static final int WARM = 4;
    private static final int LOOK_MS = 10;
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(120);
    private static final String COMMAND = "/bin/sleep 98765";

    @Override public String name() {
        return "units";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("cloudos-units");
        try {
            Path data = folder.resolve("data"), peer = folder.resolve("peer");
            ourServices(data.resolve("units"));
            peerServices(peer);
            Median cold = new Median(), theirs = new Median(), warm = new Median();
            for (int i = 0; i <= COLD; i++) { // the first of each only fills the caches
                console.say(SERVICES + " services with dependencies, hosted; and under " + supervisor().getFileName() + ": " + i + " of " + COLD);
                List<Double> ours = ours(checkout, data, i == COLD ? WARM : 0);
                double their = peer(peer);
                if (i > 0) {
                    cold.add(ours.getFirst());
                    theirs.add(their);
                }
                ours.subList(1, ours.size()).forEach(warm::add);
            }
            return List.of(new Bench.Measure(SERVICES + " services started (peer: " + supervisor().getFileName() + ", without dependencies)",
                    cold.get(), theirs.get(), "ms", 1, false), Bench.Measure.told("again in the same JVM, the median of " + WARM, warm.get(), "ms"));
        } finally {
            delete(folder);
        }
    }

    private static void ourServices(Path units) throws IOException {
        Files.createDirectories(units);
        for (int i = 0; i < SERVICES; i++) {
            String before = i >= CHAINS ? "Requires=n" + (i - CHAINS) + ".service\nAfter=n" + (i - CHAINS) + ".service\n" : "";
            Files.writeString(units.resolve("n" + i + ".service"), "[Unit]\n" + before + "[Service]\nType=exec\nExecStart=" + COMMAND + "\n");
        }
        StringBuilder all = new StringBuilder("[Unit]\n");
        for (int i = 0; i < SERVICES; i++) all.append("Requires=n").append(i).append(".service\nAfter=n").append(i).append(".service\n");
        Files.writeString(units.resolve("bench.target"), all);
    }

    /** A JVM of its own. @param again how often more than once */
    private static List<Double> ours(Checkout checkout, Path data, int again) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(checkout.root().resolve("cloudos").toString(), "run", "server", "--quiet", "--port", "0",
                "--data", data.toString()));
        for (int round = 0; round <= again; round++) {
            command.addAll(List.of("--exec", "svc:start --time --json bench.target", "--exec", "svc:stop bench.target " + names()));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new Failure("The services did not start:\n" + said.strip());
        return times(said, 1 + again);
    }

    private static String names() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < SERVICES; i++) names.append('n').append(i).append(' ');
        return names.toString();
    }

    /** From the request until the last service runs and the target is up; the first is that of a JVM which never did it before. */
    private static List<Double> times(String said, int rounds) {
        List<Double> times = said.lines().filter(l -> l.startsWith("{\"tookMs\"")).map(l -> JsonParser.parseString(l).getAsJsonObject().get("tookMs")
                .getAsDouble()).toList();
        if (times.size() != rounds) throw new Failure("Expected " + rounds + " times, found " + times.size() + ":\n" + said.strip());
        return times;
    }

    // The peer

    private static Path supervisor() {
        return Stream.of("/usr/bin/s6-svscan", "/usr/bin/runsvdir").map(Path::of).filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new Failure("The peer is missing: expected s6 or runit", "apt-get install s6"));
    }

    private static void peerServices(Path folder) throws IOException {
        Files.createDirectories(folder);
        for (int i = 0; i < SERVICES; i++) {
            Path run = Files.createDirectories(folder.resolve("n" + i)).resolve("run");
            Files.writeString(run, "#!/bin/sh\nexec " + COMMAND + "\n");
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private static double peer(Path folder) throws IOException, InterruptedException {
        Sleepers sleepers = new Sleepers();
        long begin = System.nanoTime();
        Process process = new ProcessBuilder(supervisor().toString(), folder.toString()).redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
        try {
            for (long until = begin + LIMIT; sleepers.look() < SERVICES; Thread.sleep(LOOK_MS)) {
                if (System.nanoTime() > until) throw new Failure("expected " + SERVICES + " services of the peer, found " + sleepers.look());
            }
            return (System.nanoTime() - begin) / 1e6;
        } finally {
            List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
            process.destroyForcibly();
            // Supervisors first: else they start again what ends.
            all.stream().filter(p -> p.info().command().filter(c -> !c.endsWith("/sleep")).isPresent()).forEach(ProcessHandle::destroyForcibly);
            all.forEach(ProcessHandle::destroyForcibly);
            process.waitFor(5, TimeUnit.SECONDS);
        }
    }

    /** Which processes are the services, found without taking the processor from those that are to start: each is looked at until it is known. */
    private static final class Sleepers {
        private static final String TOLD = COMMAND.replace(' ', '\0') + '\0';
        private static final long OLD = TimeUnit.SECONDS.toNanos(2);
        private final Set<String> known;
        private final Map<String, Long> seen = new HashMap<>();
        private int services;

        Sleepers() throws IOException {
            known = new HashSet<>(processes());
        }

        int look() throws IOException {
            List<String> now = processes();
            known.retainAll(now); // numbers of those that ended are given to others
            seen.keySet().retainAll(now);
            for (String pid : now) {
                if (known.contains(pid)) {
                    continue;
                }
                String line = commandLine(pid);
                if (line.equals(TOLD)) {
                    services++;
                }
                if (line.equals(TOLD) || isOld(pid)) {
                    known.add(pid);
                }
            }
            return services;
        }

        /** A supervisor's child has its name until it becomes the service: only who is the same for long is known. */
        private boolean isOld(String pid) {
            return System.nanoTime() - seen.computeIfAbsent(pid, p -> System.nanoTime()) > OLD;
        }

        private static List<String> processes() throws IOException {
            String[] all = Path.of("/proc").toFile().list((folder, name) -> Character.isDigit(name.charAt(0)));
            if (all == null) throw new IOException("/proc can't be read");
            return List.of(all);
        }

        private static String commandLine(String pid) {
            try {
                return Files.readString(Path.of("/proc", pid, "cmdline"));
            } catch (IOException e) {
                return ""; // it ended meanwhile
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        }
    }
}
