package org.cloudos.metrics.collect;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.cloudos.metrics.MetricSource;

/** Processor, load, memory, pressure. proc(5), Documentation/accounting/psi.rst. */
final class Machine implements MetricSource {
    /** Processors that are told one by one; of more only the sum. */
    private static final int MAX_CPUS = 64;
    /** USER_HZ, in which the kernel tells times: 100 on all architectures that we run on. */
    static final double TICKS = 100;
    private static final String[] MODES = {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"};
    private static final Map<String, String> MEMORY = Map.ofEntries(Map.entry("MemTotal", "mem_total"), Map.entry("MemFree", "mem_free"),
            Map.entry("MemAvailable", "mem_available"), Map.entry("Buffers", "buffers"), Map.entry("Cached", "cached"),
            Map.entry("SwapTotal", "swap_total"), Map.entry("SwapFree", "swap_free"), Map.entry("Dirty", "dirty"),
            Map.entry("Writeback", "writeback"), Map.entry("AnonPages", "anon_pages"), Map.entry("Mapped", "mapped"), Map.entry("Shmem", "shmem"),
            Map.entry("SReclaimable", "slab_reclaimable"), Map.entry("SUnreclaim", "slab_unreclaimable"),
            Map.entry("KernelStack", "kernel_stack"), Map.entry("PageTables", "page_tables"), Map.entry("Committed_AS", "committed"));
    private static final Map<String, String> EVENTS = Map.of("pgfault", "page faults", "pgmajfault", "page faults that read from a device",
            "pswpin", "pages read from swap", "pswpout", "pages written to swap", "oom_kill", "processes killed for want of memory");

    private final Path proc;
    private final KernelFile file = new KernelFile();

    Machine(Path proc) {
        this.proc = proc;
    }

    @Override
    public void collect(Sink sink) {
        stat(sink);
        load(sink);
        memory(sink);
        for (String resource : List.of("cpu", "io", "memory", "irq")) {
            if (file.open(proc.resolve("pressure/" + resource))) {
                pressure(file, sink, "node_pressure_" + resource, "any task");
            }
        }
    }

    private void stat(Sink sink) {
        if (!file.open(proc.resolve("stat"))) {
            return;
        }
        int cpus = Runtime.getRuntime().availableProcessors();
        for (; file.more(); file.nextLine()) {
            String key = file.word();
            switch (key) {
                case "cpu" -> {
                    if (cpus > MAX_CPUS) {
                        cpu(sink, "all");
                    }
                }
                case "ctxt" -> sink.counter("node_context_switches_total", "Context switches.", file.number());
                case "intr" -> sink.counter("node_intr_total", "Interrupts served.", file.number());
                case "processes" -> sink.counter("node_forks_total", "Processes and threads made.", file.number());
                case "btime" -> sink.gauge("node_boot_time_seconds", "When the kernel booted, since the epoch.", file.number());
                case "procs_running" -> sink.gauge("node_procs_running", "Threads that run or want to.", file.number());
                case "procs_blocked" -> sink.gauge("node_procs_blocked", "Threads that wait for a device.", file.number());
                default -> {
                    if (key.startsWith("cpu") && cpus <= MAX_CPUS) {
                        cpu(sink, key.substring(3));
                    }
                }
            }
        }
    }

    private void cpu(Sink sink, String name) {
        for (String mode : MODES) {
            long ticks = file.number();
            if (ticks >= 0) {
                sink.counter("node_cpu_seconds_total", "Time of a processor in each mode.", ticks / TICKS, "cpu", name, "mode", mode);
            }
        }
    }

    private void load(Sink sink) {
        if (file.open(proc.resolve("loadavg"))) {
            sink.gauge("node_load1", "Load average of 1 minute.", file.decimal());
            sink.gauge("node_load5", "Load average of 5 minutes.", file.decimal());
            sink.gauge("node_load15", "Load average of 15 minutes.", file.decimal());
            file.until('/');
            sink.gauge("node_threads", "Threads of all processes, the kernel's too.", file.number());
        }
    }

    private void memory(Sink sink) {
        if (file.open(proc.resolve("meminfo"))) {
            for (; file.more(); file.nextLine()) {
                String key = file.until(':');
                String name = MEMORY.get(key);
                if (name != null) {
                    sink.gauge("node_memory_" + name + "_bytes", "Memory: " + key + " of /proc/meminfo.", file.number() * 1024.0);
                }
            }
        }
        if (file.open(proc.resolve("vmstat"))) {
            for (; file.more(); file.nextLine()) {
                String key = file.word();
                String meaning = EVENTS.get(key);
                if (meaning != null) {
                    sink.counter("node_vmstat_" + key + "_total", "Memory: " + meaning + ".", file.number());
                }
            }
        }
    }

    /** The lines {@code some} and {@code full}, each with its total in microseconds. */
    static void pressure(KernelFile file, Sink sink, String prefix, String who, String... labels) {
        for (; file.more(); file.nextLine()) {
            String kind = file.word();
            file.until('=');
            file.until('=');
            file.until('=');
            file.until('=');
            long micros = file.number();
            if (micros >= 0 && kind.equals("some")) {
                sink.counter(prefix + "_waiting_seconds_total", "Time in which " + who + " waited for it.", micros / 1e6, labels);
            } else if (micros >= 0 && kind.equals("full") && !prefix.endsWith("_cpu")) {
                sink.counter(prefix + "_stalled_seconds_total", "Time in which all tasks waited for it.", micros / 1e6, labels);
            }
        }
    }
}
