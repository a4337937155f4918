package org.cloudos.cli.bench;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.home.Assembly;
import org.cloudos.image.Arch;
import org.cloudos.image.Image;
import org.cloudos.image.qemu.Machine;
import org.cloudos.image.qemu.QemuRun;

/** Our drivers against Linux's own, in one booted machine with two like devices of each kind. Each part is a boot and can be run alone. */
final class DriversBench implements Bench {
    private static final String NAME = "drivers", PROFILE = "hardware-bench";
    private static final Pattern ATTACH = Pattern.compile("attach ms (\\d+)");
    private static final int MEMORY_MIB = 1024;
    private static final Duration LIMIT = Duration.ofMinutes(20);
    private static final List<Part> PARTS = List.of(new DriversBlock("nvme", 0.5), new DriversBlock("virtio-blk", 0.5), new DriversBlock("ahci", 0.4),
            new DriversNet("virtio-net", "virtio"), new DriversNet("e1000", "e1000"));

    private final String name;
    private final List<Part> parts;

    /** One kind of device. */
    interface Part {
        /** As in {@code ./cloudos bench drivers.NAME}. */
        String name();

        /** For QEMU. @param scratch a folder for images, which goes after */
        List<String> devices(Path scratch) throws IOException;

        /** What the booted system is to run; those with {@code --json} print one JSON object each. */
        List<String> commands();

        /** @param answers of the commands with {@code --json}, in order */
        List<Measure> measures(List<JsonObject> answers);

        /** The machine is off; also after a boot that broke. */
        default void close() throws IOException { }
    }

    private DriversBench(String name, List<Part> parts) {
        this.name = name;
        this.parts = parts;
    }

    static Bench all() {
        return new DriversBench(NAME, PARTS);
    }

    static Optional<Bench> part(String name) {
        if (name.equals(DriversRings.NAME)) {
            return Optional.of(new DriversRings());
        }
        return PARTS.stream().filter(p -> name.equals(NAME + "." + p.name())).findFirst().map(p -> new DriversBench(name, List.of(p)));
    }

    @Override public String name() {
        return name;
    }

    @Override public String about() {
        return "our drivers against Linux's own in one booted machine; a part alone: "
                + String.join(", ", PARTS.stream().map(p -> NAME + "." + p.name()).toList()) + ", " + DriversRings.NAME;
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException {
        List<Measure> measures = new ArrayList<>();
        if (parts == PARTS) {
            measures.addAll(new DriversRings().run(checkout, console));
        }
        Assembly.Assembled assembled = new Assembly(checkout, console).booted(PROFILE);
        Image.BootFiles files = new Image(Image.defaultCache(), console::say).bootFiles(assembled.home(), Arch.X86_64, PROFILE);
        for (Part part : parts) {
            Path scratch = Files.createTempDirectory(checkout.work(), "bench-drivers");
            try {
                console.say(part.name() + ": " + part.commands().size() + " measures in one boot");
                measures.addAll(part.measures(boot(files, part, scratch)));
            } catch (IOException e) {
                console.say("The part " + part.name() + " broke: " + e.getMessage());
                measures.add(new Measure(part.name() + ": broken parts", 1, Double.NaN, "parts", 0, false));
            } finally {
                part.close();
                new ProcessBuilder("rm", "-rf", "--one-file-system", scratch.toString()).start().waitFor();
            }
        }
        return measures;
    }

    private static List<JsonObject> boot(Image.BootFiles files, Part part, Path scratch) throws IOException {
        ByteArrayOutputStream said = new ByteArrayOutputStream();
        Machine machine = new Machine(new Machine.Kernel(files, Arch.X86_64, true), MEMORY_MIB, null, 0, null, part.commands(), LIMIT, List.of(), List.of(),
                part.devices(scratch));
        try (QemuRun run = new QemuRun(machine)) {
            QemuRun.Result result = run.run(new PrintStream(said, true, StandardCharsets.UTF_8), event -> { });
            String text = said.toString(StandardCharsets.UTF_8);
            List<JsonObject> answers = objects(text);
            long expected = part.commands().stream().filter(c -> c.contains("--json")).count();
            if (result.code() != 0 || answers.size() != expected) {
                throw new IOException("expected " + expected + " answers, found " + answers.size() + " and the exit code " + result.code()
                        + ":\n" + text);
            }
            return answers;
        }
    }

    /** JSON objects that begin a line. */
    private static List<JsonObject> objects(String text) {
        List<JsonObject> found = new ArrayList<>();
        int depth = 0;
        int begin = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{' && depth++ == 0) {
                begin = i;
            } else if (c == '}' && depth > 0 && --depth == 0) {
                found.add(JsonParser.parseString(text.substring(begin, i + 1)).getAsJsonObject());
            }
        }
        return found;
    }

    /** How long the driver took to attach, of the answer of {@code hal:bind --json}. */
    static Measure attach(String part, JsonObject bound) {
        Matcher told = ATTACH.matcher(bound.get("counters").getAsString());
        return Measure.told(part + ": our driver attaches", told.find() ? Double.parseDouble(told.group(1)) : 0, "ms");
    }

    /** An image file of so many bytes that is not sparse. */
    static Path image(Path scratch, String name, long bytes) throws IOException {
        Path image = scratch.resolve(name + ".img");
        byte[] some = new byte[1 << 20];
        java.util.Arrays.fill(some, (byte) 0x5a);
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            for (long done = 0; done < bytes; done += some.length) {
                file.write(some);
            }
        }
        return image;
    }
}
