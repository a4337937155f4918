package org.cloudos.cli.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;
import org.cloudos.cli.Failure;

/**
 * The system services, each a part that can be run alone: {@code ./cloudos bench services.config}. A part that breaks
 * is a missed measure, and the others run all the same.
 */
final class ServicesBench implements Bench {
    private static final String NAME = "services";
    /** Each is a class of its own beside this one. */
    private static final List<Part> PARTS = List.of(new ConfigBench(), new JournalBench(), new MetricsBench(), new MemoryBench(), new UnitsBench());

    private final String name;
    private final List<Part> parts;

    /** The measures of one service. */
    interface Part {
        /** As in {@code ./cloudos bench services.NAME}. */
        String name();

        /** Runs it; says on the console what it is doing. */
        List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException;
    }

    private ServicesBench(String name, List<Part> parts) {
        this.name = name;
        this.parts = parts;
    }

    /** All parts. */
    static Bench all() {
        return new ServicesBench(NAME, PARTS);
    }

    /** One part by the name {@code services.PART}. */
    static Optional<Bench> part(String name) {
        return PARTS.stream().filter(p -> name.equals(NAME + "." + p.name())).findFirst()
                .map(p -> new ServicesBench(name, List.of(p)));
    }

    @Override public String name() {
        return name;
    }

    @Override public String about() {
        return "the system services; a part alone: " + String.join(", ", PARTS.stream().map(p -> NAME + "." + p.name()).toList());
    }

    @Override public List<Measure> run(Checkout checkout, Console console) throws InterruptedException {
        List<Measure> measures = new ArrayList<>();
        for (Part part : parts) {
            try {
                measures.addAll(part.run(checkout, console));
            } catch (IOException | Failure e) {
                console.say("The part " + part.name() + " broke: " + e.getMessage());
                measures.add(new Measure(part.name() + ": broken parts", 1, Double.NaN, "parts", 0, false));
            }
        }
        return measures;
    }
}
