package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Devices are plugged in and pulled out while they are used: their users get an error, nothing hangs. */
record PlugVisit(Machine machine, Monitor monitor, Path home) {
    private static final String MODERN = ",\"disable-legacy\":\"on\",\"iommu_platform\":true";

    void nvme(int i) throws Exception {
        comesAndGoes(Plugged.in(monitor, "\"driver\":\"nvme\",\"bus\":\"slot1\",\"serial\":\"p" + i + "\"", image("plug")), "nvme1n1",
                "bench:block --seconds 600 nvme1n1");
    }

    void virtioBlock() throws Exception {
        comesAndGoes(Plugged.in(monitor, "\"driver\":\"virtio-blk-pci\",\"bus\":\"slot2\"" + MODERN, image("plug2")), "vdd", "bench:block --seconds 600 vdd");
    }

    void virtioNet() throws Exception {
        comesAndGoes(Plugged.in(monitor, "\"driver\":\"virtio-net-pci\",\"bus\":\"slot2\",\"netdev\":\"h\",\"mac\":\"52:54:00:00:00:77\"" + MODERN),
                "vnet2", "bench:send --frames 1000000000 vnet2");
    }

    private Path image(String name) {
        return home.resolve(name + ".img");
    }

    private void comesAndGoes(Plugged device, String name, String load) throws Exception {
        if (name.startsWith("vnet")) {
            bindNetworkCard();
        }
        await(machine, name, true);
        CompletableFuture<Command> using = CompletableFuture.supplyAsync(() -> {
            try {
                return machine.ssh(load);
            } catch (IOException | InterruptedException e) {
                throw new AssertionError(e);
            }
        }, FrameVisit.THREADS);
        while (users(name) == 0) {
            assertTrue(!using.isDone(), () -> "not used: " + using.join());
        }
        device.out();
        await(machine, name, false);
        assertNotEquals(0, using.get(10, TimeUnit.MINUTES).status(), name + " is gone");
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        for (List<String> told = lastEvents(); !told.contains("attached") || !told.getLast().equals("went"); told = lastEvents()) {
            assertTrue(System.nanoTime() < end, "hal:events: " + told);
        }
    }

    /** Linux has taken the card that came: it is asked for it. */
    private void bindNetworkCard() throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (true) {
            for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
                JsonObject found = e.getAsJsonObject();
                if (found.get("device").getAsString().equals("1af4:1041") && found.get("offers").getAsString().isEmpty()) {
                    machine.ssh("hal:bind " + found.get("address").getAsString()).expect(0);
                    return;
                }
            }
            assertTrue(System.nanoTime() < end, "the card did not come");
        }
    }

    /** What happened to the device on PCI that came last. */
    private List<String> lastEvents() throws Exception {
        String address = "";
        List<String> told = new ArrayList<>();
        for (JsonElement e : machine.json("hal:events").getAsJsonArray()) {
            JsonObject event = e.getAsJsonObject();
            if (event.get("what").getAsString().equals("came") && event.get("address").getAsString().matches("\\p{XDigit}{4}:.*")) {
                address = event.get("address").getAsString();
                told.clear();
            }
            if (event.get("address").getAsString().equals(address)) {
                told.add(event.get("what").getAsString());
            }
        }
        return told;
    }

    private int users(String name) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (e.getAsJsonObject().get("offers").getAsString().equals(name)) {
                return e.getAsJsonObject().get("users").getAsInt();
            }
        }
        return 0;
    }

    static void await(Machine machine, String offer, boolean there) throws Exception {
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (machine.ssh("hal:devices --json").out().contains('"' + offer + '"') != there) {
            assertTrue(System.nanoTime() < end, offer + (there ? " did not come" : " did not go"));
            Thread.sleep(500);
        }
    }
}
