package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Block devices: ours by bench:block, Linux's by fio, the same sizes and depths, in turns. */
record DriversBlock(String name, double limit) implements DriversBench.Part {
    private static final long BYTES = 128L << 20;
    private static final int SECONDS = 3;
    private static final String OURS = "0000:00:10.0", LINUX = "0000:00:11.0";

    private record Load(String op, int size, int depth, boolean sequential) {
        String options() {
            return " --op " + op + " --size " + size + " --depth " + depth + (sequential ? " --sequential" : "") + " --seconds " + SECONDS + " --json ";
        }

        @Override public String toString() {
            return (size >> 10) + " KiB " + (sequential ? "sequential " : "random ") + op + ", depth " + depth;
        }
    }

    private static final List<Load> LOADS = List.of(new Load("read", 4096, 1, false), new Load("write", 4096, 1, false), new Load("read", 4096, 32, false),
            new Load("write", 4096, 32, false), new Load("read", 131072, 8, true), new Load("write", 131072, 8, true));

    @Override public List<String> devices(Path scratch) throws IOException {
        List<String> words = new ArrayList<>();
        for (String which : List.of("ours", "linux")) {
            String address = which.equals("ours") ? "10" : "11";
            words.addAll(List.of("-drive", "if=none,format=raw,id=" + which + ",file=" + DriversBench.image(scratch, which, BYTES)));
            switch (name) {
                case "nvme" -> words.addAll(List.of("-device", "nvme,drive=" + which + ",serial=" + which + ",addr=" + address));
                case "virtio-blk" -> words.addAll(List.of("-device",
                        "virtio-blk-pci,disable-legacy=on,iommu_platform=on,num-queues=1,drive=" + which + ",addr=" + address));
                default -> words.addAll(List.of("-device", "ahci,id=bus" + which + ",addr=" + address, "-device",
                        "ide-hd,rotation_rate=1,drive=" + which + ",bus=bus" + which + ".0"));
            }
        }
        return words;
    }

    private String device() {
        return switch (name) {
            case "nvme" -> "nvme0n1";
            case "virtio-blk" -> "vda";
            default -> "ahci0p0";
        };
    }

    @Override public List<String> commands() {
        List<String> commands = new ArrayList<>(List.of("hal:bind --json " + OURS));
        for (Load load : LOADS) {
            commands.add("bench:block" + load.options() + device());
            commands.add("bench:linux" + load.options() + LINUX);
        }
        return commands;
    }

    @Override public List<Bench.Measure> measures(List<JsonObject> answers) {
        List<Bench.Measure> measures = new ArrayList<>(List.of(DriversBench.attach(name, answers.getFirst())));
        for (int i = 0; i < LOADS.size(); i++) {
            JsonObject ours = answers.get(1 + 2 * i);
            JsonObject linux = answers.get(2 + 2 * i);
            String what = name + ": " + LOADS.get(i);
            measures.add(new Bench.Measure(what, number(ours, "perSecond"), number(linux, "perSecond"), "1/s", limit, true));
            measures.add(new Bench.Measure(what + ", CPU", number(ours, "cpuMicros"), number(linux, "cpuMicros"), "us", Double.NaN, false));
            measures.add(Bench.Measure.told(what + ", allocated", number(ours, "allocatedBytes"), "B"));
        }
        return measures;
    }

    private static double number(JsonObject object, String key) {
        return object.get(key).getAsDouble();
    }
}
