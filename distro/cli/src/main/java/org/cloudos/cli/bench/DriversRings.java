package org.cloudos.cli.bench;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/** The drivers' rings on memory, without a device or an emulator, in a JVM that has both compilers: bench:rings. */
final class DriversRings implements Bench {
    static final String NAME = "drivers.rings";
    private static final int BATCH = 32;

    @Override public String name() {
        return NAME;
    }

    @Override public String about() {
        return "what the drivers' ring code costs on memory, natively";
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(checkout.root().resolve("cloudos").toString(), "run", "hardware", "--port", "0", "--exec",
                "bench:rings --json --batch " + BATCH).redirectError(ProcessBuilder.Redirect.INHERIT);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0 || !said.contains("[")) {
            throw new IOException("expected bench:rings to end well, found: " + said);
        }
        List<Measure> measures = new ArrayList<>();
        for (JsonElement e : JsonParser.parseString(said.substring(said.indexOf('['))).getAsJsonArray()) {
            JsonObject o = e.getAsJsonObject();
            String what = o.get("ring").getAsString() + ", " + BATCH + " at once";
            measures.add(Measure.told(what + ": submit", o.get("submitNanos").getAsDouble(), "ns"));
            measures.add(Measure.told(what + ": complete", o.get("completeNanos").getAsDouble(), "ns"));
            measures.add(Measure.told(what + ": a second, one thread", o.get("perSecond").getAsDouble() / 1e6, "million"));
            measures.add(Measure.told(what + ": allocated", o.get("allocatedBytes").getAsDouble(), "B"));
        }
        return measures;
    }
}
