package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;

/** The HAL's commands in a machine with devices: who has them, who may see them, where their interrupts go, what they counted. */
record HalVisit(Machine machine) {
    void all() throws Exception {
        givesAndTakes();
        permits();
        movesAnInterrupt();
    }

    /** A disk is taken from its driver, given to Linux and to ours again; each is told. */
    private void givesAndTakes() throws Exception {
        String address = line("nvme0n1").get("address").getAsString();
        long reads = counter(address, "reads");
        machine.ssh("bench:check --seed 7 --bytes 65536 nvme0n1").expect(0);
        assertTrue(counter(address, "reads") > reads, "hal:counters counts on");
        machine.ssh("hal:unbind " + address).expect(0);
        assertNotEquals(0, machine.ssh("bench:check --seed 7 --bytes 65536 nvme0n1").status(), "nobody drives it");
        machine.ssh("hal:give " + address).expect(0);
        assertTrue(machine.ssh("hal:devices").expect(0).out().contains("linux:nvme"), "Linux has it");
        assertNotEquals(0, machine.ssh("hal:bind " + address + " e1000").status(), "no driver for it");
        machine.ssh("hal:bind " + address + " nvme").expect(0);
        machine.ssh("bench:check --seed 7 --bytes 65536 nvme0n1").expect(0);
        List<String> told = machine.json("hal:events").getAsJsonArray().asList().stream().map(JsonElement::getAsJsonObject)
                .filter(e -> e.get("address").getAsString().equals(address)).map(e -> e.get("what").getAsString()).toList();
        assertTrue(told.contains("detached") && told.getLast().equals("attached"), told.toString());
    }

    /** A rule hides a device from the bundles that it does not name, at once, and shows it again. */
    private void permits() throws Exception {
        machine.ssh("hal:permit vda 'org.cloudos.fs.*'").expect(0);
        assertTrue(machine.ssh("hal:permissions").expect(0).out().contains("vda"));
        assertNotEquals(0, machine.ssh("bench:check --seed 7 --bytes 65536 vda").status(), "hal.bench may not see it");
        machine.ssh("bench:check --seed 7 --bytes 65536 nvme0n1").expect(0); // the others it may
        machine.ssh("hal:permit vda 'org.cloudos.hal.*'").expect(0);
        machine.ssh("bench:check --seed 7 --bytes 65536 vda").expect(0);
        machine.ssh("hal:permit --all vda").expect(0);
        assertNotEquals(0, machine.ssh("hal:permit --all vda").status(), "there is no rule");
    }

    /** An interrupt of the NVMe controller goes to one processor, then to all. */
    private void movesAnInterrupt() throws Exception {
        String line = "";
        for (JsonElement e : machine.json("hal:interrupts").getAsJsonArray()) {
            JsonObject i = e.getAsJsonObject();
            line = i.get("users").getAsString().contains("vfio-msix") ? i.get("interrupt").getAsString() : line;
        }
        assertNotEquals("", line, "no driver of ours has an interrupt");
        for (String processors : new String[] {"1", "0", "0-1"}) {
            machine.ssh("hal:affinity " + line + " " + processors).expect(0);
            String found = affinity(line);
            assertEquals(processors, found, "affinity of " + line);
        }
        assertNotEquals(0, machine.ssh("hal:affinity " + line + " 99").status(), "there is no such processor");
        machine.ssh("bench:check --seed 7 --bytes 65536 nvme0n1").expect(0);
    }

    private String affinity(String line) throws Exception {
        for (JsonElement e : machine.json("hal:interrupts").getAsJsonArray()) {
            if (e.getAsJsonObject().get("interrupt").getAsString().equals(line)) {
                return e.getAsJsonObject().get("affinity").getAsString();
            }
        }
        return "";
    }

    private JsonObject line(String offer) throws Exception {
        for (JsonElement e : machine.json("hal:devices").getAsJsonArray()) {
            if (List.of(e.getAsJsonObject().get("offers").getAsString().split("[, ]+")).contains(offer)) {
                return e.getAsJsonObject();
            }
        }
        throw new AssertionError("expected " + offer + " in hal:devices");
    }

    private long counter(String address, String name) throws Exception {
        for (JsonElement e : machine.json("hal:counters").getAsJsonArray()) {
            JsonObject counter = e.getAsJsonObject();
            if (counter.get("address").getAsString().equals(address) && counter.get("name").getAsString().equals(name)) {
                return counter.get("value").getAsLong();
            }
        }
        throw new AssertionError("expected a counter " + name + " of " + address);
    }
}
