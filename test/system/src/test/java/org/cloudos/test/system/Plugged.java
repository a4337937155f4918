package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A device that QEMU's monitor plugs in and pulls out. QEMU 10.0 now and then keeps one that was pulled out under load, and what it read from, long after
 * the machine has let it go: the event DEVICE_DELETED, told when the last reference goes, did not come after one of ten NVMe. So it is out when QEMU's
 * tree of devices has it no longer, and each has an id and a node on its image that no other had.
 */
record Plugged(Monitor monitor, String id) {
    private static final AtomicInteger COUNT = new AtomicInteger();

    /** @param device its driver and properties, as members of a JSON object */
    static Plugged in(Monitor monitor, String device) throws IOException {
        String id = "plugged" + COUNT.incrementAndGet();
        monitor.execute("device_add", "{\"id\":\"" + id + "\"," + device + "}");
        return new Plugged(monitor, id);
    }

    /** A disk. */
    static Plugged in(Monitor monitor, String device, Path image) throws IOException {
        String node = "image" + COUNT.incrementAndGet();
        monitor.execute("blockdev-add", "{\"node-name\":\"" + node + "\",\"driver\":\"raw\",\"file\":{\"driver\":\"file\",\"locking\":\"off\",\"filename\":\""
                + image + "\"}}");
        return in(monitor, device + ",\"drive\":\"" + node + "\"");
    }

    /** Returns when it is out. */
    void out() throws IOException, InterruptedException {
        monitor.execute("device_del", "{\"id\":\"" + id + "\"}");
        long end = System.nanoTime() + Limits.COMMAND.toNanos();
        while (isThere()) {
            assertTrue(System.nanoTime() < end, id + " is still there");
            Thread.sleep(100);
        }
    }

    private boolean isThere() throws IOException {
        for (JsonElement child : monitor.execute("qom-list", "{\"path\":\"/machine/peripheral\"}").getAsJsonArray()) {
            if (child.getAsJsonObject().get("name").getAsString().equals(id)) {
                return true;
            }
        }
        return false;
    }
}
