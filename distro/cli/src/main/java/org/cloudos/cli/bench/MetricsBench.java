package org.cloudos.cli.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/** What metrics cost, against the Prometheus client by itself; in a JVM of its own, with both compilers. */
final class MetricsBench implements ServicesBench.Part {
    private static final double COST = 1.5;
    private static final double EXPORT_MS = 20;
    private static final double OVERHEAD_PERCENT = 1;
    private static final double FLOOD_MB = 1;
    private static final int SERIES = 5_000;

    @Override public String name() {
        return "metrics";
    }

    @Override public List<Bench.Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("cloudos-metrics");
        try {
            Map<String, double[]> told = measured(checkout, console, data);
            double[] counter = told.get("counter");
            double[] histogram = told.get("histogram");
            double[] export = told.get("export");
            double[] collect = told.get("collect");
            return List.of(new Bench.Measure("counter increment (peer: the Prometheus client's own)", counter[0], counter[1], "ns", COST, false),
                    new Bench.Measure("histogram observation (peer: the Prometheus client's own)", histogram[0], histogram[1], "ns", COST, false),
                    new Bench.Measure("whole export with " + SERIES + " series, by the clock on the wall", export[1], Double.NaN, "ms", EXPORT_MS, false),
                    Bench.Measure.told("processor time of it", export[0], "ms"),
                    Bench.Measure.told("its bytes", told.get("bytes")[0], "bytes"),
                    new Bench.Measure("all collectors and the history every 10 s, of one core", collect[0] / 10_000 * 100, Double.NaN, "%",
                            OVERHEAD_PERCENT, false),
                    Bench.Measure.told("one round of them, processor time", collect[0], "ms"),
                    new Bench.Measure("heap that a metric with a million values of a label keeps", told.get("million")[0], Double.NaN, "MB", FLOOD_MB, false));
        } finally {
            delete(data);
        }
    }

    private static Map<String, double[]> measured(Checkout checkout, Console console, Path data) throws IOException, InterruptedException {
        List<String> path = new ArrayList<>();
        for (String module : List.of("metrics", "metrics.api", "shell", "commands")) {
            path.add(checkout.root().resolve("bundles/" + module + "/target/" + module + "-0.1.0.jar").toString());
        }
        path.add(checkout.root().resolve("kernel.bundle/kernel.api/target/kernel.api-0.1.0.jar").toString());
        path.add(checkout.root().resolve("distro/cli/target/cli-0.1.0.jar").toString());
        Process process = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin/java").toString(), "-XX:+UseSerialGC", "-Xmx256m", "-cp",
                String.join(":", path), MetricsLoop.class.getName(), data.toString(), Integer.toString(SERIES))
                .redirectError(ProcessBuilder.Redirect.INHERIT).start();
        Map<String, double[]> told = new HashMap<>();
        try (BufferedReader out = process.inputReader()) {
            for (String line = out.readLine(); line != null; line = out.readLine()) {
                console.say("metrics: " + line);
                String[] words = line.split(" ");
                told.put(words[0], new double[] {Double.parseDouble(words[1]), words.length > 2 ? Double.parseDouble(words[2]) : Double.NaN});
            }
        } finally {
            if (!process.waitFor(1, TimeUnit.MINUTES)) {
                process.destroyForcibly();
            }
        }
        if (process.exitValue() != 0 || told.size() < 6) {
            throw new IOException("the loop ended with " + process.exitValue() + " after " + told.keySet());
        }
        return told;
    }

    private static void delete(Path folder) throws IOException {
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
