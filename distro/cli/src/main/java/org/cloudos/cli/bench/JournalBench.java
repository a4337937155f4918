package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/**
 * The journal against Logback's asynchronous file appender with JSON, and its queries against jq. Each contestant runs in a
 * JVM of its own. {@code CLOUDOS_BENCH_JOURNAL_MIB} is the size of the journal that is searched; the goal speaks of 1024.
 */
final class JournalBench implements ServicesBench.Part {
    private static final int RECORDS = 2_000_000, ROUNDS = 3, SUPPRESSED_NS = 20, QUERY_MS = 200;
    private static final String DEFAULT_MIB = "128";

    @Override public String name() {
        return "journal";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("cloudos-bench");
        try {
            List<Bench.Measure> measures = new ArrayList<>(write(checkout, console, folder));
            String mib = System.getenv().getOrDefault("CLOUDOS_BENCH_JOURNAL_MIB", DEFAULT_MIB);
            console.say("journal: the last hour of a day's " + mib + " MiB of records, and jq over the same");
            JsonObject query = run(checkout, "QueryBench", folder.toString(), mib);
            double ours = query.get("medianMs").getAsDouble();
            measures.add(new Bench.Measure("last hour by level and bundle, " + mib + " MiB", ours, Double.NaN, "ms", QUERY_MS, false));
            measures.add(Bench.Measure.told("the first such query of a JVM", query.get("firstMs").getAsDouble(), "ms"));
            measures.add(Bench.Measure.told("processor time of a query", query.get("cpuMs").getAsDouble(), "ms"));
            measures.add(new Bench.Measure("the same (peer: jq over JSON lines)", ours, query.get("jqMs").getAsDouble(), "ms", 1, false));
            measures.add(new Bench.Measure("this journal on disk (peer: JSON lines)", query.get("bytes").getAsDouble() / (1 << 20),
                    query.get("jsonBytes").getAsDouble() / (1 << 20), "MiB", 0.5, false));
            return measures;
        } finally {
            delete(folder);
        }
    }

    private static List<Bench.Measure> write(Checkout checkout, Console console, Path folder) throws IOException, InterruptedException {
        Median ours = new Median(), peer = new Median(), ourBytes = new Median(), peerBytes = new Median(), suppressed = new Median();
        for (int i = 0; i < ROUNDS; i++) {
            console.say("journal: " + RECORDS + " records by 4 threads, round " + (i + 1) + " of " + ROUNDS);
            JsonObject journal = run(checkout, "WriteBench", "journal", folder.resolve("j" + i).toString(), Integer.toString(RECORDS));
            JsonObject logback = run(checkout, "WriteBench", "logback", folder.resolve("l" + i).toString(), Integer.toString(RECORDS));
            ours.add(journal.get("perSecond").getAsDouble());
            peer.add(logback.get("perSecond").getAsDouble());
            ourBytes.add(journal.get("bytesPerRecord").getAsDouble());
            peerBytes.add(logback.get("bytesPerRecord").getAsDouble());
            suppressed.add(journal.get("suppressedNs").getAsDouble());
            delete(folder.resolve("j" + i));
            delete(folder.resolve("l" + i));
        }
        return List.of(new Bench.Measure("log records (peer: Logback async, JSON file)", ours.get(), peer.get(), "/s", 1, true),
                new Bench.Measure("bytes of a record, not compressed", ourBytes.get(), peerBytes.get(), "B", 0.5, false),
                new Bench.Measure("a suppressed record", suppressed.get(), Double.NaN, "ns", SUPPRESSED_NS, false));
    }

    private static JsonObject run(Checkout checkout, String type, String... args) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "-Xmx512m", "--enable-native-access=ALL-UNNAMED", "-cp", TestModule.classPath(checkout, "journal"),
                "org.cloudos.test.journal." + type));
        command.addAll(List.of(args));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        JsonObject result = null;
        StringBuilder rest = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("{")) {
                    result = JsonParser.parseString(line).getAsJsonObject();
                } else {
                    rest.append(line).append('\n');
                }
            }
        }
        if (process.waitFor() != 0 || result == null) {
            throw new IOException(type + " broke:\n" + rest.toString().strip());
        }
        return result;
    }

    private static void delete(Path folder) throws IOException {
        if (Files.exists(folder)) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path p : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(p);
                }
            }
        }
    }
}
