package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.machine.Clocks;
import org.cloudos.hal.machine.CycleCounter;
import org.cloudos.hal.machine.InterruptLines;
import org.cloudos.hal.machine.PhysicalMemory;
import org.cloudos.hal.machine.Processor;
import org.cloudos.hal.machine.ProcessorCache;
import org.cloudos.hal.machine.Processors;
import org.cloudos.shell.Column;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The machine itself, for a person. */
@Component(service = MachineCommands.class)
@GogoCommand(scope = "hal", function = {"cpu", "processors", "caches", "clocks", "interrupts", "affinity", "physical"})
public final class MachineCommands {
    private static final String JSON = "print JSON";
    private final Processors processors;
    private final Clocks clocks;
    private final InterruptLines interrupts;
    private final PhysicalMemory memory;

    /** A line of hal:cpu and hal:clocks. */
    public record Fact(String what, String found) { }

    /** A line of hal:interrupts. */
    public record InterruptLine(String interrupt, long total, @Column("per processor") String counts, String affinity, String chip, String users) { }

    /** A line of hal:physical. */
    public record RangeLine(String from, String to, @Column(unit = Column.Unit.BYTES) long size, String use) { }

    @Activate public MachineCommands(@Reference Processors processors, @Reference Clocks clocks, @Reference InterruptLines interrupts,
            @Reference PhysicalMemory memory) {
        this.processors = processors;
        this.clocks = clocks;
        this.interrupts = interrupts;
        this.memory = memory;
    }

    /** Says what the processors are. */
    @Descriptor("the processors, in a few lines: model, cores, frequency, caches, features")
    @Example({"hal:cpu", "hal:cpu --json"})
    public Object cpu(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        List<Processor> all = processors.processors();
        List<Fact> facts = new ArrayList<>();
        add(facts, "architecture", processors.architecture().name().toLowerCase(Locale.ROOT));
        add(facts, "vendor", processors.vendor());
        add(facts, "model", processors.model());
        add(facts, "hypervisor", processors.hypervisor().isEmpty() ? "none seen" : processors.hypervisor());
        add(facts, "addresses", processors.physicalBits() == 0 ? "" : processors.physicalBits() + " bits physical, " + processors.virtualBits()
                + " bits virtual");
        long online = all.stream().filter(Processor::online).count();
        long cores = all.stream().filter(Processor::online).map(p -> p.socket() + "/" + p.core()).distinct().count();
        long sockets = all.stream().filter(Processor::online).map(Processor::socket).distinct().count();
        add(facts, "processors", online + " online of " + all.size() + ": " + count(sockets, "socket") + ", " + count(cores, "core") + ", "
                + count(cores == 0 ? 0 : online / cores, "thread") + " a core");
        add(facts, "memory nodes", nodes(all));
        add(facts, "frequency", frequency(all));
        processors.caches().forEach(c -> add(facts, cacheName(c), Human.bytes(c.bytes()) + (c.count() > 1 ? " each, " + c.count() + " of them" : "") + ", "
                + (c.ways() > 0 ? c.ways() + " ways, " : "") + "lines of " + c.line() + " bytes" + (c.shared() > 1 ? ", shared by " + c.shared() : "")));
        add(facts, "features", String.join(" ", processors.features()));
        return Json.when(json, facts);
    }

    private static String cacheName(ProcessorCache c) {
        return "L" + c.level() + switch (c.kind()) {
            case "data" -> "d";
            case "instruction" -> "i";
            default -> "";
        } + " cache";
    }

    private static void add(List<Fact> facts, String what, String found) {
        if (!found.isEmpty()) {
            facts.add(new Fact(what, found));
        }
    }

    private static String count(long n, String what) {
        return n + " " + what + (n == 1 ? "" : "s");
    }

    private static String nodes(List<Processor> all) {
        return all.stream().filter(p -> p.node() >= 0).collect(Collectors.groupingBy(Processor::node, java.util.TreeMap::new,
                Collectors.mapping(p -> Integer.toString(p.number()), Collectors.joining(",")))).entrySet().stream()
                .map(e -> e.getKey() + ": processors " + e.getValue()).collect(Collectors.joining("; "));
    }

    private static String frequency(List<Processor> all) {
        List<Long> now = all.stream().map(Processor::hertz).filter(h -> h > 0).sorted().toList();
        if (now.isEmpty()) {
            return "not told";
        }
        String text = now.getFirst().equals(now.getLast()) ? hertz(now.getFirst()) : hertz(now.getFirst()) + " to " + hertz(now.getLast());
        Processor first = all.getFirst();
        return first.maxHertz() > 0 ? text + " (" + hertz(first.minHertz()) + " to " + hertz(first.maxHertz()) + ")" : text;
    }

    private static String hertz(double hertz) {
        return hertz >= 1e9 ? String.format(Locale.ROOT, "%.3f GHz", hertz / 1e9) : String.format(Locale.ROOT, "%.3f MHz", hertz / 1e6);
    }

    /** Lists processors. */
    @Descriptor("each processor: socket, core, memory node, frequency in hertz")
    @Example("hal:processors")
    public Object processors(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, processors.processors());
    }

    /** Lists caches. */
    @Descriptor("the processors' caches")
    @Example("hal:caches")
    public Object caches(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, processors.caches());
    }

    /** Says what the clocks are. */
    @Descriptor("the clocks: what Linux reads time from, and the cycle counter with its rate and error, compared anew")
    @Example("hal:clocks")
    public Object clocks(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        List<Fact> facts = new ArrayList<>();
        add(facts, "monotonic", clocks.monotonic() + " ns since a start of its own");
        add(facts, "Linux reads time from", clocks.source().isEmpty() ? "not told" : clocks.source());
        try {
            CycleCounter cycles = clocks.cycles();
            CycleCounter.Calibration c = cycles.calibrate();
            add(facts, "cycle counter", cycles.name() + ", " + (cycles.isInvariant() ? "one rate at any frequency, in sleep too"
                    : "not said to keep one rate"));
            add(facts, "count", Long.toUnsignedString(cycles.read()));
            add(facts, "rate", hertz(c.hertz()) + String.format(Locale.ROOT, ", give or take %.3f ppm (compared over %s)", c.error() * 1e6,
                    Human.duration(java.time.Duration.ofNanos(c.overNanos()))));
            add(facts, "stated rate", c.stated() == 0 ? "" : hertz(c.stated()));
            add(facts, "a read", String.format(Locale.ROOT, "%.1f ns", c.cost()));
        } catch (DeviceException e) {
            add(facts, "cycle counter", e.getMessage());
        }
        return Json.when(json, facts);
    }

    /** Lists interrupts. */
    @Descriptor("interrupts: how often each came, on which processors, and who waits for it; vfio is a driver of ours")
    @Example({"hal:interrupts", "hal:interrupts --all"})
    public Object interrupts(@Parameter(names = "--all", presentValue = "true", absentValue = "false") @Descriptor("those that never came too") boolean all,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, interrupts.lines().stream().filter(l -> all || l.total() > 0)
                .sorted(Comparator.comparing((InterruptLines.Line l) -> !Character.isDigit(l.name().charAt(0))))
                .map(l -> new InterruptLine(l.name(), l.total(), Arrays.stream(l.counts()).mapToObj(Long::toString).collect(Collectors.joining(" ")),
                        l.affinity(),
                        l.chip(), l.users())).toList());
    }

    /** Moves an interrupt. */
    @Descriptor("lets these processors alone take an interrupt")
    @Example({"hal:affinity 31 0", "hal:affinity 31 0-1"})
    public Object affinity(@Descriptor("the interrupt's number") String interrupt,
            @Descriptor("processors, such as 0 or 0-1,3") String list) throws DeviceException {
        BitSet set = new BitSet();
        for (String part : list.split(",")) {
            if (!part.matches("\\d{1,4}(-\\d{1,4})?")) {
                throw new IllegalArgumentException("processors: expected such as 0 or 0-1,3, found " + list);
            }
            String[] ends = part.split("-");
            set.set(Integer.parseInt(ends[0]), Math.max(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1])) + 1);
        }
        interrupts.affinity(interrupt, set);
        return interrupts.lines().stream().filter(l -> l.name().equals(interrupt)).findFirst().orElse(null);
    }

    /** Lists what lies where in physical memory. */
    @Descriptor("what lies where in physical memory")
    @Example("hal:physical")
    public Object physical(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json)
            throws DeviceException {
        List<PhysicalMemory.Range> map = memory.map();
        if (map.stream().allMatch(r -> r.last() == 0)) { // all addresses are 0 for those who may not see them
            throw new DeviceException(DeviceException.Reason.UNAVAILABLE, "what lies where in memory: not available here: expected CAP_SYS_ADMIN");
        }
        return Json.when(json, map.stream().map(r -> new RangeLine(Long.toHexString(r.first()), Long.toHexString(r.last()), r.last() - r.first() + 1,
                "  ".repeat(r.depth()) + r.use())).toList());
    }
}
