package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Network cards: ours by bench:frames, Linux's by AF_PACKET with mapped rings (trafgen, netsniff-ng), the same sizes, in turns. Debian's kernel for
 * virtual machines has no driver for e1000: that one is measured against a virtio card of Linux's, which has fewer registers to touch. Linux's card goes
 * round the I/O MMU, since QEMU's breaks it where Linux maps and unmaps each frame ("Guest moved used index"); ours doesn't, which costs QEMU more.
 */
final class DriversNet implements DriversBench.Part {
    private static final String OURS = "0000:00:10.0", LINUX = "0000:00:11.0";
    private static final int SECONDS = 3;
    private static final double LIMIT = 0.4;
    /** Ours alone, not measured: until it is compiled, for a second or ten, it makes a quarter of what it makes then. */
    private static final List<Load> FIRST = List.of(new Load("out", 1514, 5), new Load("in", 60, 5));
    private static final List<Load> LOADS = List.of(new Load("out", 60, SECONDS), new Load("in", 60, SECONDS), new Load("out", 1514, SECONDS),
            new Load("in", 1514, SECONDS));

    private final String name;
    private final String model;
    private FramesPeer peer;

    private record Load(String direction, int size, int seconds) {
        String options() {
            return " --size " + size + " --seconds " + seconds + " --json " + direction + " ";
        }

        /** Frames that it sent; what comes is asked for by one. */
        double sent(JsonObject answer) {
            return direction.equals("out") ? number(answer, "total") : 1;
        }
    }

    /** @param model of our card, as QEMU calls it */
    DriversNet(String name, String model) {
        this.name = name;
        this.model = model;
    }

    @Override public String name() {
        return name;
    }

    @Override public List<String> devices(Path scratch) throws IOException {
        peer = new FramesPeer();
        String virtio = "virtio-net-pci,disable-legacy=on,iommu_platform=on";
        return List.of("-netdev", "socket,id=ours,connect=" + peer.address(), "-netdev", "socket,id=linux,connect=" + peer.address(),
                "-device", (model.equals("e1000") ? model : virtio) + ",netdev=ours,mac=52:54:00:00:00:10,addr=10",
                "-device", "virtio-net-pci,disable-legacy=on,netdev=linux,mac=52:54:00:00:00:11,addr=11");
    }

    @Override public List<String> commands() {
        List<String> commands = new ArrayList<>(List.of("hal:bind --json " + OURS));
        for (Load load : FIRST) {
            commands.add("bench:frames" + load.options() + device());
        }
        for (Load load : LOADS) {
            commands.add("bench:frames" + load.options() + device());
            commands.add("bench:linuxframes" + load.options() + LINUX);
        }
        return commands;
    }

    private String device() {
        return model.equals("e1000") ? "e0" : "vnet0";
    }

    @Override public List<Bench.Measure> measures(List<JsonObject> answers) {
        List<Bench.Measure> measures = new ArrayList<>(List.of(DriversBench.attach(name, answers.getFirst())));
        double sent = 0;
        for (int i = 0; i < FIRST.size(); i++) {
            sent += FIRST.get(i).sent(answers.get(1 + i));
        }
        for (int i = 0; i < LOADS.size(); i++) {
            JsonObject ours = answers.get(1 + FIRST.size() + 2 * i);
            JsonObject linux = answers.get(2 + FIRST.size() + 2 * i);
            Load load = LOADS.get(i);
            boolean large = load.size > 1000;
            String what = name + ": " + load.size + " bytes " + load.direction + (model.equals("e1000") ? " (peer: Linux's virtio-net)" : "");
            String key = large ? "megabits" : "perSecond";
            measures.add(new Bench.Measure(what, number(ours, key), number(linux, key), large ? "Mbit/s" : "1/s", LIMIT, true));
            measures.add(new Bench.Measure(what + ", CPU", number(ours, "cpuMicros"), number(linux, "cpuMicros"), "us", Double.NaN, false));
            measures.add(Bench.Measure.told(what + ", allocated", number(ours, "allocatedBytes"), "B"));
            sent += load.sent(ours);
        }
        measures.add(new Bench.Measure(name + ": frames of ours that came to the other end, of those sent", arrived((long) sent) / sent, Double.NaN, "", 1,
                true));
        return measures;
    }

    /** The last ones may still be under way through the loopback. */
    private long arrived(long sent) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        while (peer.received(0) < sent && System.nanoTime() < end) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
        return peer.received(0);
    }

    private static double number(JsonObject object, String key) {
        return object.get(key).getAsDouble();
    }

    @Override public void close() throws IOException {
        if (peer != null) {
            peer.close();
        }
    }
}
