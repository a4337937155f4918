package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
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
import org.cloudos.cli.Failure;

/** Swaps a service under the calls of four threads in a hosted {@code minimal}, as a user would. */
final class SwapBench implements Bench {
    private static final int SWAPS = 20, RATE = 12_000, RATE_GOAL = 10_000, STALL_GOAL_MS = 100;

    @Override public String name() {
        return "swap";
    }

    @Override public String about() {
        return "calls that fail and the longest stall in " + SWAPS + " swaps under load; a call through a gate against one without";
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        Path data = Files.createTempDirectory("cloudos-bench");
        try {
            console.say(SWAPS + " swaps under " + RATE + " calls/s");
            return measures(said(checkout, data));
        } finally {
            delete(data);
        }
    }

    private static List<Measure> measures(List<JsonObject> said) {
        double longest = 0, sum = 0, swaps = 0;
        JsonObject cost = null, load = null;
        for (JsonObject o : said) {
            if (o.has("gateNs")) cost = o;
            if (o.has("callsPerSecond")) load = o;
            if (o.has("stallMs") && o.get("callsHeld").getAsLong() > 0) {
                longest = Math.max(longest, o.get("stallMs").getAsDouble());
                sum += o.get("stallMs").getAsDouble();
                swaps++;
            }
        }
        if (cost == null || load == null || swaps < SWAPS) {
            throw new Failure("The benchmark broke: of " + SWAPS + " swaps " + (int) swaps + " held calls", "./cloudos run shows why");
        }
        return List.of(
                new Measure("calls while swapping", load.get("callsPerSecond").getAsDouble(), Double.NaN, "/s", RATE_GOAL, true),
                new Measure("failed calls", load.get("failed").getAsDouble(), Double.NaN, "calls", 0, false),
                new Measure("longest stall of " + (int) swaps + " swaps", longest, Double.NaN, "ms", STALL_GOAL_MS, false),
                Measure.told("mean stall", sum / swaps, "ms"),
                new Measure("a call through a gate (peer: without)", cost.get("gateNs").getAsDouble(),
                        cost.get("directNs").getAsDouble(), "ns", Double.NaN, false));
    }

    /** The lines of JSON that the system printed. */
    private static List<JsonObject> said(Checkout checkout, Path data) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(checkout.root().resolve("cloudos").toString(), "run", "minimal", "--quiet",
                "--port", "0", "--data", data.toString()));
        for (String c : commands(checkout)) command.addAll(List.of("--exec", c));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        List<JsonObject> found = new ArrayList<>();
        StringBuilder rest = new StringBuilder();
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                try {
                    found.add(JsonParser.parseString(line).getAsJsonObject());
                } catch (JsonSyntaxException | IllegalStateException e) {
                    rest.append(line).append('\n');
                }
            }
        }
        if (process.waitFor() != 0) throw new Failure("The benchmark broke:\n" + rest.toString().strip(), "./cloudos run shows why");
        return found;
    }

    private static List<String> commands(Checkout checkout) {
        String version = checkout.version(), examples = checkout.root() + "/examples/";
        String greeter = examples + "greeter/target/greeter-" + version;
        List<String> all = new ArrayList<>();
        all.add("bundle:install --json --trial 100ms " + examples + "greeter.api/target/greeter.api-" + version + ".jar " + greeter
                + ".jar " + examples + "greeter.load/target/greeter.load-" + version + ".jar");
        all.add("greeter:cost --json");
        all.add("greeter:start --rate " + RATE);
        for (int i = 0; i < SWAPS; i++) {
            all.add("bundle:swap --json --trial 200ms " + greeter + (i % 2 == 0 ? "-1.1.jar" : ".jar"));
        }
        all.add("greeter:stop --json");
        return all;
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path p : all.sorted(Comparator.reverseOrder()).toList()) Files.delete(p);
        }
    }
}
