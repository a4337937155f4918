package org.cloudos.cli.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;

/** CloudFS through FUSE and in process, against Linux's own file systems on files of the same disk. Each part can be run alone. */
final class FsBench implements Bench {
    private static final String NAME = "fs";
    private static final List<Part> PARTS = List.of(new FsFio(), new FsSync(), new FsFiles(), new FsInside(), new FsFolder(), new FsPack(), new FsMemory());

    private final String name;
    private final List<Part> parts;

    /** Some of the measures. */
    interface Part {
        /** As in {@code ./cloudos bench fs.NAME}. */
        String name();

        /** Runs it. @param scratch a folder for images and mounts, which goes after */
        List<Measure> run(Path scratch, boolean full, Console console) throws IOException, InterruptedException;
    }

    private FsBench(String name, List<Part> parts) {
        this.name = name;
        this.parts = parts;
    }

    static Bench all() {
        return new FsBench(NAME, PARTS);
    }

    static Optional<Bench> part(String name) {
        return PARTS.stream().filter(p -> name.equals(NAME + "." + p.name())).findFirst().map(p -> new FsBench(name, List.of(p)));
    }

    @Override public String name() {
        return name;
    }

    @Override public String about() {
        return "CloudFS against ext4, btrfs and xfs; needs root, fio, btrfs-progs, xfsprogs, bindfs; a part alone: "
                + String.join(", ", PARTS.stream().map(p -> NAME + "." + p.name()).toList());
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws InterruptedException {
        boolean full = Boolean.getBoolean("cloudos.bench.full");
        List<Measure> measures = new ArrayList<>();
        for (Part part : parts) {
            try {
                Path scratch = Files.createTempDirectory(checkout.work(), "bench-fs");
                try {
                    measures.addAll(part.run(scratch, full, console));
                } finally {
                    new ProcessBuilder("rm", "-rf", "--one-file-system", scratch.toString()).start().waitFor();
                }
            } catch (IOException | Failure e) {
                console.say("The part " + part.name() + " broke: " + e.getMessage());
                measures.add(new Measure(part.name() + ": broken parts", 1, Double.NaN, "parts", 0, false));
            }
        }
        return measures;
    }
}
