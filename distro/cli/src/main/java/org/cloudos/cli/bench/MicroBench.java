package org.cloudos.cli.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/** The hot paths by themselves under JMH ({@code test/micro}): time and garbage of each, and of the peer's where there is one. */
final class MicroBench implements Bench {
    private static final double COST = 1.5, NO_GARBAGE = 0.1;
    private static final String RINGS = "Rings.", GARBAGE = "gc.alloc.rate.norm";
    private static final Map<String, String> PEERS = Map.of("MetricsPaths.count", "MetricsPaths.peerCount", "MetricsPaths.observe",
            "MetricsPaths.peerObserve");

    /**
     * What JMH found.
     *
     * @param nanos   of an operation
     * @param garbage bytes of it on the heap
     */
    private record Score(double nanos, double garbage) { }

    @Override public String name() {
        return "micro";
    }

    @Override public String about() {
        return "hot paths by themselves, under JMH: rings, CloudFS on a RAM disk, metrics (peer: the Prometheus client's own)";
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path found = Files.createTempFile("cloudos-micro", ".json");
        try {
            measure(checkout, console, found);
            Map<String, Score> scores = scores(found);
            List<Measure> measures = new ArrayList<>();
            scores.forEach((what, score) -> {
                if (PEERS.containsValue(what)) {
                    return;
                }
                Score peer = scores.get(PEERS.get(what));
                measures.add(peer == null ? Measure.told(what, score.nanos, "ns") : new Measure(what, score.nanos, peer.nanos, "ns", COST, false));
                measures.add(new Measure(what + ": garbage", score.garbage, Double.NaN, "B", what.startsWith(RINGS) ? NO_GARBAGE : Double.NaN, false));
            });
            return measures;
        } finally {
            Files.delete(found);
        }
    }

    private static void measure(Checkout checkout, Console console, Path found) throws IOException, InterruptedException {
        boolean full = Boolean.getBoolean("cloudos.bench.full");
        List<String> command = List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-XX:+UseSerialGC",
                "--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow", "-cp", TestModule.classPath(checkout, "micro"),
                "org.openjdk.jmh.Main", "-f", full ? "3" : "1", "-wi", "3", "-w", "1", "-i", full ? "10" : "3", "-r", "1", "-foe", "true", "-prof", "gc",
                "-rf", "json", "-rff", found.toString());
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        StringBuilder said = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                said.append(line).append('\n');
                if (line.startsWith("# Benchmark: ") || line.startsWith("# Parameters: ") || line.startsWith("# Run progress: ")) {
                    console.say("micro:" + line.substring(1));
                }
            }
        } finally {
            process.destroy();
        }
        if (process.waitFor() != 0) {
            throw new IOException("JMH ended with " + process.exitValue() + ":\n" + said.toString().strip());
        }
    }

    private static Map<String, Score> scores(Path found) throws IOException {
        Map<String, Score> scores = new LinkedHashMap<>();
        for (JsonElement e : JsonParser.parseString(Files.readString(found)).getAsJsonArray()) {
            JsonObject o = e.getAsJsonObject();
            String name = o.get("benchmark").getAsString().replaceFirst(".*\\.(\\w+\\.\\w+)$", "$1");
            if (o.has("params")) {
                name += o.getAsJsonObject("params").asMap().values().stream().map(JsonElement::getAsString).toList();
            }
            scores.put(name, new Score(score(o.getAsJsonObject("primaryMetric")), score(o.getAsJsonObject("secondaryMetrics").getAsJsonObject(GARBAGE))));
        }
        return scores;
    }

    private static double score(JsonObject metric) {
        return metric.get("score").getAsDouble();
    }
}
