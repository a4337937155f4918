package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.nio.file.Path;
import java.util.stream.StreamSupport;

/**
 * What a user does on the first day, on any machine: puts bundles in that the profile never saw, deploys a service,
 * swaps it under load, meets bad versions, and loses the JVM.
 */
final class MainJob {
    private static final int SWAPS = 20;
    private static final int LOAD_THREADS = 4;

    private final Machine machine;

    MainJob(Machine machine) {
        this.machine = machine;
    }

    /** Two bundles from Maven Central that no profile has; commons-csv needs commons-io and commons-codec. */
    void installsBundlesNobodyPlannedFor() throws Exception {
        machine.ssh("bundle:install org.apache.commons:commons-csv:1.14.1").expect(0);
        machine.ssh("bundle:install com.google.code.gson:gson:2.13.2").expect(0);
        assertState("org.apache.commons.commons-csv", "ACTIVE");
        assertState("org.apache.commons.commons-io", "ACTIVE");
        assertState("org.apache.commons.commons-codec", "ACTIVE");
        assertState("com.google.gson", "ACTIVE");
    }

    void deploysAServiceFromOutside() throws Exception {
        machine.deploy(example("greeter.api"), example("greeter"), example("greeter.load")).expect(0);
        assertState("org.cloudos.greeter", "ACTIVE");
        assertEquals("1.0.0", version("org.cloudos.greeter"));
    }

    /** Swaps between two versions while four threads call; not one call may fail. */
    void swapsUnderLoad() throws Exception {
        machine.ssh("greeter:start --threads " + LOAD_THREADS).expect(0);
        for (int i = 0; i < SWAPS; i++) {
            Path next = i % 2 == 0 ? greeter("1.1") : example("greeter");
            Command swap = machine.deploy(next);
            assertEquals(0, swap.status(), swap.toString());
        }
        JsonObject result = machine.json("greeter:stop").getAsJsonObject();
        assertEquals(0, result.get("failed").getAsLong(), result.toString());
        assertTrue(result.get("calls").getAsLong() > 0, result.toString());
        assertEquals("1.0.0", version("org.cloudos.greeter"));
    }

    void takesAnUnhealthyVersionBack() throws Exception {
        Command sick = machine.deploy(greeter("sick"));
        assertEquals(1, sick.status(), sick.toString());
        assertEquals("1.0.0", version("org.cloudos.greeter"));
        assertState("org.cloudos.greeter", "ACTIVE");
    }

    void refusesWhatDoesNotResolve() throws Exception {
        JsonElement before = machine.json("bundle:list");
        Command unresolvable = machine.deploy(greeter("absent"));
        assertEquals(1, unresolvable.status(), unresolvable.toString());
        assertTrue(unresolvable.all().contains("org.example.absent"), unresolvable.toString());
        assertEquals(before, machine.json("bundle:list"));
    }

    /** The power goes while the new version is on trial: what was committed before is what comes back. */
    void losesThePowerDuringASwap() throws Exception {
        Process swap = machine.startDeploy(greeter("1.1"), 300);
        try {
            while (!version("org.cloudos.greeter").equals("1.1.0")) {
                if (!swap.isAlive()) {
                    throw new AssertionError("the swap ended with " + swap.exitValue() + " before its trial was over");
                }
                Thread.sleep(200);
            }
        } finally {
            machine.close();
            swap.destroyForcibly().waitFor();
        }
        machine.start();
        stillHasEverything();
    }

    void stillHasEverything() throws Exception {
        assertState("org.cloudos.greeter", "ACTIVE");
        assertState("org.apache.commons.commons-csv", "ACTIVE");
        assertEquals("1.0.0", version("org.cloudos.greeter"));
    }

    private void assertState(String bundle, String state) throws Exception {
        assertEquals(state, bundle(bundle).get("state").getAsString(), bundle);
    }

    private String version(String bundle) throws Exception {
        return bundle(bundle).get("version").getAsString();
    }

    private JsonObject bundle(String name) throws Exception {
        JsonElement list = machine.json("bundle:list");
        return StreamSupport.stream(list.getAsJsonArray().spliterator(), false).map(JsonElement::getAsJsonObject)
                .filter(b -> b.get("symbolicName").getAsString().equals(name)).findFirst()
                .orElseThrow(() -> new AssertionError("no bundle " + name + " in " + list));
    }

    private static Path example(String module) {
        return Command.ROOT.resolve("examples/" + module + "/target/" + module + "-0.1.0.jar");
    }

    /** Another version of the greeter, as the examples' build names it. */
    private static Path greeter(String version) {
        return Command.ROOT.resolve("examples/greeter/target/greeter-0.1.0-" + version + ".jar");
    }

}
