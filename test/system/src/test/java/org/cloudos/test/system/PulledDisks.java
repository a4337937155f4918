package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * NVMe disks that are pulled out under a mounted volume whose file a program has open and writes: those of a mirror, of which it notices nothing, one after
 * the other with the first brought up between; then the only one of a volume, which is an error for the program, and no hang. What the program was told to
 * be safe is there after.
 */
final class PulledDisks {
    private static final String FIRST = "nvme1n1", SECOND = "nvme2n1", PLACE = "/var/pulled";
    private static final int ENOUGH = 5;

    private final Machine machine;
    private final Monitor monitor;
    private final Path home;
    private final Plugged[] in = new Plugged[3]; // by slot

    PulledDisks(Machine machine, Monitor monitor, Path home) {
        this.machine = machine;
        this.monitor = monitor;
        this.home = home;
    }

    /** For QEMU: two slots, and what comes into them. */
    static List<String> slots(Path home) throws IOException {
        for (int slot = 1; slot <= 2; slot++) {
            try (RandomAccessFile file = new RandomAccessFile(image(home, slot).toFile(), "rw")) {
                file.setLength(64 << 20);
            }
        }
        return List.of("-device", "pcie-root-port,id=slot1,chassis=1,slot=1", "-device", "pcie-root-port,id=slot2,chassis=2,slot=2");
    }

    static Path image(Path home, int slot) {
        return home.resolve("pulled" + slot + ".img");
    }

    void all() throws Exception {
        plug(1, FIRST);
        plug(2, SECOND);
        int safe = mirror();
        alone(safe);
    }

    /** @return lines that are safe on the second disk, which was brought up and then went on alone */
    private int mirror() throws Exception {
        machine.ssh("volume:format --label pulled " + FIRST + "," + SECOND).expect(0);
        mount(FIRST + "," + SECOND);
        machine.ssh("svc:start lines").expect(0);
        int safe = more(0);
        pull(2, SECOND);
        safe = more(safe);
        assertEquals("in step left out", states());
        plug(2, SECOND);
        machine.ssh("volume:attach pulled " + SECOND).expect(0);
        assertEquals("in step in step", states());
        pull(1, FIRST);
        safe = more(safe);
        assertEquals("left out in step", states());
        machine.ssh("svc:stop lines").expect(0);
        are(safe);
        unmount();
        return safe;
    }

    private void alone(int before) throws Exception {
        mount(SECOND); // it knows that it is alone
        are(before);
        machine.ssh("svc:start lines").expect(0);
        more(before);
        pull(2, SECOND);
        int safe = safe(until(() -> machine.ssh("svc:logs lines").all(), "(refused|not safe) at \\d+\\s*$"));
        until(() -> machine.ssh("volume:list --json").expect(0).out(), "\"label\":\\s*\"pulled\"[^}]*\"readOnly\":\\s*true");
        unmount();
        plug(2, FIRST); // the first name that is free
        mount(FIRST);
        are(safe);
        unmount();
        machine.ssh("volume:check --data " + FIRST).expect(0);
    }

    private void plug(int slot, String disk) throws Exception {
        in[slot] = Plugged.in(monitor, "\"driver\":\"nvme\",\"bus\":\"slot" + slot + "\",\"serial\":\"s" + slot + "\"", image(home, slot));
        PlugVisit.await(machine, disk, true);
    }

    private void pull(int slot, String disk) throws Exception {
        in[slot].out();
        PlugVisit.await(machine, disk, false);
    }

    private void mount(String devices) throws Exception {
        machine.ssh("volume:open " + devices).expect(0);
        machine.ssh("fuse:mount --make pulled " + PLACE).expect(0);
    }

    private void unmount() throws Exception {
        machine.ssh("fuse:umount " + PLACE).expect(0);
        machine.ssh("volume:close pulled").expect(0);
    }

    private String states() throws Exception {
        StringBuilder states = new StringBuilder();
        machine.json("volume:devices pulled").getAsJsonArray().forEach(m -> states.append(' ').append(m.getAsJsonObject().get("state").getAsString()));
        return states.substring(1);
    }

    /** Waits until some more lines than these are safe. */
    private int more(int before) throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (true) {
            String said = machine.ssh("svc:logs lines").all();
            if (safe(said) >= before + ENOUGH) {
                return safe(said);
            }
            assertTrue(Instant.now().isBefore(limit), said + machine.ssh("svc:status lines").all() + machine.ssh("log:tail -n 30").all());
        }
    }

    private interface Said {
        String now() throws Exception;
    }

    private static String until(Said said, String pattern) throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (true) {
            String now = said.now();
            if (Pattern.compile(pattern, Pattern.MULTILINE).matcher(now).find()) {
                return now;
            }
            assertTrue(Instant.now().isBefore(limit), now);
        }
    }

    private static int safe(String said) {
        int safe = 0;
        for (Matcher m = Pattern.compile("(?<!not )safe (\\d+)").matcher(said); m.find();) {
            safe = Math.max(safe, Integer.parseInt(m.group(1)));
        }
        return safe;
    }

    /** All that was safe is there, in order. */
    private void are(int safe) throws Exception {
        List<String> lines = machine.ssh("cat " + PLACE + "/lines").expect(0).out().lines().map(String::strip).toList();
        assertEquals(IntStream.rangeClosed(1, safe).mapToObj(Integer::toString).toList(), lines.subList(0, Math.min(safe, lines.size())));
    }
}
