package org.cloudos.cli.bench;

import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;

/**
 * {@value #SERVICES} services in {@value #CHAINS} chains of dependencies, from the request until all of them run; the peer is s6 or runit,
 * which starts the same commands in parallel, without dependencies.
 */
final class UnitsBench implements ServicesBench.Part {
    private static final int SERVICES = 200;
    private static final int CHAINS = 20;
    private static final int ROUNDS = 5;
    private static final long LIMIT = TimeUnit.SECONDS.toNanos(120);
    private static final String COMMAND = "/bin/sleep 98765";

    @Override public String name() {
        return "units";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("cloudos-units");
        try {
            console.say(SERVICES + " services with dependencies, hosted");
            List<Double> ours = ours(checkout, folder.resolve("data"));
            console.say("the same commands under s6-svscan or runsvdir");
            double peer = peer(folder.resolve("peer"));
            return List.of(new Bench.Measure(SERVICES + " services started (peer: " + supervisor().getFileName() + ", without dependencies)",
                    ours.getFirst(), peer, "ms", 1, false),
                    Bench.Measure.told("again, the median of " + (ROUNDS - 1), ours.subList(1, ROUNDS).stream().sorted().toList().get(ROUNDS / 2), "ms"));
        } finally {
            delete(folder);
        }
    }

    private static List<Double> ours(Checkout checkout, Path data) throws IOException, InterruptedException {
        Path units = Files.createDirectories(data.resolve("units"));
        for (int i = 0; i < SERVICES; i++) {
            String before = i >= CHAINS ? "Requires=n" + (i - CHAINS) + ".service\nAfter=n" + (i - CHAINS) + ".service\n" : "";
            Files.writeString(units.resolve("n" + i + ".service"), "[Unit]\n" + before + "[Service]\nType=exec\nExecStart=" + COMMAND + "\n");
        }
        StringBuilder all = new StringBuilder("[Unit]\n");
        for (int i = 0; i < SERVICES; i++) all.append("Requires=n").append(i).append(".service\nAfter=n").append(i).append(".service\n");
        Files.writeString(units.resolve("bench.target"), all);
        List<String> command = new ArrayList<>(List.of(checkout.root().resolve("cloudos").toString(), "run", "server", "--quiet", "--port", "0",
                "--data", data.toString()));
        for (int round = 0; round < ROUNDS; round++) {
            command.addAll(List.of("--exec", "svc:start --time --json bench.target", "--exec", "svc:stop bench.target " + names()));
        }
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes());
        if (process.waitFor() != 0) throw new Failure("The services did not start:\n" + said.strip());
        return times(said);
    }

    private static String names() {
        StringBuilder names = new StringBuilder();
        for (int i = 0; i < SERVICES; i++) names.append('n').append(i).append(' ');
        return names.toString();
    }

    /** From the request until the last service runs and the target is up; the first is that of a JVM which never did it before. */
    private static List<Double> times(String said) {
        List<Double> times = said.lines().filter(l -> l.startsWith("{\"tookMs\"")).map(l -> JsonParser.parseString(l).getAsJsonObject().get("tookMs")
                .getAsDouble()).toList();
        if (times.size() != ROUNDS) throw new Failure("Expected " + ROUNDS + " times, found " + times.size() + ":\n" + said.strip());
        return times;
    }

    // The peer

    private static Path supervisor() {
        return Stream.of("/usr/bin/s6-svscan", "/usr/bin/runsvdir").map(Path::of).filter(Files::isExecutable).findFirst()
                .orElseThrow(() -> new Failure("The peer is missing: expected s6 or runit", "apt-get install s6"));
    }

    private static double peer(Path folder) throws IOException, InterruptedException {
        Files.createDirectories(folder);
        for (int i = 0; i < SERVICES; i++) {
            Path run = Files.createDirectories(folder.resolve("n" + i)).resolve("run");
            Files.writeString(run, "#!/bin/sh\nexec " + COMMAND + "\n");
            Files.setPosixFilePermissions(run, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
        List<Double> times = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            awaitSleepers(0);
            long begin = System.nanoTime();
            Process process = new ProcessBuilder(supervisor().toString(), folder.toString()).redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            awaitSleepers(SERVICES);
            times.add((System.nanoTime() - begin) / 1e6);
            List<ProcessHandle> all = new ArrayList<>(process.descendants().toList());
            process.destroy();
            process.waitFor(5, TimeUnit.SECONDS);
            process.destroyForcibly();
            all.forEach(ProcessHandle::destroyForcibly);
        }
        times.sort(Comparator.naturalOrder());
        return times.get(times.size() / 2);
    }

    private static void awaitSleepers(int count) throws InterruptedException {
        long until = System.nanoTime() + LIMIT;
        while (sleepers() != count) {
            if (System.nanoTime() > until) throw new Failure("expected " + count + " services of the peer, found " + sleepers());
            Thread.sleep(1);
        }
    }

    private static long sleepers() {
        return ProcessHandle.allProcesses().filter(p -> p.info().arguments().map(a -> a.length == 1 && a[0].equals("98765")).orElse(false)).count();
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.deleteIfExists(p);
        }
    }
}
