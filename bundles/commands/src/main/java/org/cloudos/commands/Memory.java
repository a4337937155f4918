package org.cloudos.commands;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.shell.Column;

/**
 * The machine's memory in bytes and what it is used for.
 *
 * @param used      total less available: what can't be had without swapping or stopping something
 * @param resident  of this JVM's process
 * @param breakdown parts of what is used; the last is what the others leave
 */
public record Memory(@Column(unit = Column.Unit.BYTES) long total, @Column(unit = Column.Unit.BYTES) long used,
        @Column(unit = Column.Unit.BYTES) long available, @Column(unit = Column.Unit.BYTES) long free,
        @Column(unit = Column.Unit.BYTES) long resident, List<Part> breakdown) {

    /** One use of memory. */
    public record Part(String part, @Column(unit = Column.Unit.BYTES) long bytes, String detail) { }

    /** As it is now. */
    static Memory now() {
        return of(ProcFile.kilobytes(Path.of("/proc/meminfo")), ProcFile.kilobytes(Path.of("/proc/self/status")), jvm());
    }

    static Memory of(Map<String, Long> machine, Map<String, Long> process, List<Part> jvm) {
        long total = machine.getOrDefault("MemTotal", 0L);
        long available = machine.getOrDefault("MemAvailable", machine.getOrDefault("MemFree", 0L));
        List<Part> parts = new ArrayList<>();
        add(parts, machine, "kernel slab", "SUnreclaim", "caches of the kernel that can't be given back");
        add(parts, machine, "kernel stacks", "KernelStack", "");
        add(parts, machine, "page tables", "PageTables", "");
        add(parts, machine, "per-CPU data", "Percpu", "");
        add(parts, machine, "kernel vmalloc", "VmallocUsed", "modules, buffers of drivers");
        add(parts, machine, "tmpfs", "Shmem", "files in memory: /run, /tmp, and shared memory");
        parts.addAll(jvm);
        long anonymous = process.getOrDefault("RssAnon", 0L);
        long known = jvm.stream().mapToLong(Part::bytes).sum();
        parts.add(new Part("JVM, other", Math.max(0, anonymous - known),
                "compiler, class data, thread stacks, malloc: private memory of the process not listed above"));
        long others = machine.getOrDefault("AnonPages", 0L) - anonymous;
        parts.add(new Part("other processes", Math.max(0, others), "private memory"));
        long used = total - available;
        long sum = parts.stream().mapToLong(Part::bytes).sum();
        parts.add(new Part("page cache and reserves", used - sum, "mapped files and what the kernel keeps free;"
                + " negative where the JVM's committed memory is not touched yet"));
        return new Memory(total, used, available, machine.getOrDefault("MemFree", 0L),
                process.getOrDefault("VmRSS", 0L), parts);
    }

    private static void add(List<Part> parts, Map<String, Long> machine, String name, String field, String detail) {
        Long bytes = machine.get(field);
        if (bytes != null) {
            parts.add(new Part(name, bytes, detail));
        }
    }

    private static List<Part> jvm() {
        List<Part> parts = new ArrayList<>();
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        parts.add(new Part("JVM heap", heap.getUsed(), human(heap)));
        long metaspace = 0;
        long code = 0;
        for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
            if (pool.getType() == MemoryType.NON_HEAP) {
                boolean isCode = pool.getName().contains("Code");
                code += isCode ? pool.getUsage().getUsed() : 0;
                // The compressed class space is a part of the pool "Metaspace".
                metaspace += pool.getName().equals("Metaspace") ? pool.getUsage().getUsed() : 0;
            }
        }
        parts.add(new Part("JVM metaspace", metaspace, "classes that are not in the archive"));
        parts.add(new Part("JVM code cache", code, "compiled code"));
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class)) {
            if (pool.getName().equals("direct")) {
                parts.add(new Part("JVM direct buffers", pool.getMemoryUsed(), pool.getCount() + " buffers"));
            }
        }
        int threads = ManagementFactory.getThreadMXBean().getThreadCount();
        parts.add(new Part("JVM threads", 0, threads + " platform threads; their stacks are part of \"JVM, other\""));
        return parts;
    }

    private static String human(MemoryUsage usage) {
        return "in use, of " + org.cloudos.shell.Human.bytes(usage.getCommitted()) + " committed";
    }
}
