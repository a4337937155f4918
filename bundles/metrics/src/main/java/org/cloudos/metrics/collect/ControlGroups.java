package org.cloudos.metrics.collect;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.metrics.MetricSource;

/**
 * What control groups use: Documentation/admin-guide/cgroup-v2.rst, and of version 1 what it tells
 * (Documentation/admin-guide/cgroup-v1). A host may have both at once, with other controllers in each; what a group's
 * files don't tell is left out. The root is the machine, which the other collectors tell of.
 */
final class ControlGroups implements MetricSource {
    private static final int MAX_GROUPS = 200;
    private static final int MAX_DEPTH = 4;
    /** Version 1 tells "no limit" as a number near the greatest. */
    private static final long NO_LIMIT = 1L << 60;
    private static final List<String> V1 = List.of("cpuacct", "cpu", "memory", "pids", "blkio");

    private final Path root;
    private final KernelFile file = new KernelFile();
    private int groups;

    ControlGroups(Path sys) {
        this.root = sys.resolve("fs/cgroup");
    }

    @Override
    public void collect(Sink sink) {
        groups = 0;
        if (Files.exists(root.resolve("cgroup.controllers"))) {
            walk(root, "", 0, (path, name) -> version2(sink, path, name));
            return;
        }
        if (Files.exists(root.resolve("unified/cgroup.controllers"))) {
            walk(root.resolve("unified"), "", 0, (path, name) -> version2(sink, path, name));
        }
        for (String controller : V1) {
            groups = 0;
            if (Files.isDirectory(root.resolve(controller))) {
                walk(root.resolve(controller), "", 0, (path, name) -> version1(sink, controller, path, name));
            }
        }
    }

    private interface Group {
        void tell(Path path, String name);
    }

    private void walk(Path folder, String name, int depth, Group group) {
        if (depth > MAX_DEPTH) {
            return;
        }
        File[] children = folder.toFile().listFiles(File::isDirectory);
        if (children == null) {
            return; // it went meanwhile
        }
        for (File child : children) {
            if (++groups > MAX_GROUPS) {
                return;
            }
            String childName = name + "/" + child.getName();
            group.tell(child.toPath(), childName);
            walk(child.toPath(), childName, depth + 1, group);
        }
    }

    private void version2(Sink sink, Path path, String name) {
        String[] label = {"cgroup", name};
        if (file.open(path.resolve("cpu.stat"))) {
            cpuStat(sink, label);
        }
        gauge(sink, path, "memory.current", "cgroup_memory_usage_bytes", "Memory of a control group.", label);
        gauge(sink, path, "memory.swap.current", "cgroup_memory_swap_bytes", "Swap of a control group.", label);
        gauge(sink, path, "memory.max", "cgroup_memory_limit_bytes", "Memory that a control group may use; absent where there is no limit.", label);
        gauge(sink, path, "pids.current", "cgroup_pids", "Processes and threads of a control group.", label);
        gauge(sink, path, "pids.max", "cgroup_pids_limit", "Processes and threads that it may have; absent where there is no limit.", label);
        if (file.open(path.resolve("memory.events"))) {
            for (; file.more(); file.nextLine()) {
                String event = file.word();
                long count = file.number();
                if (count >= 0 && !event.isEmpty()) {
                    sink.counter("cgroup_memory_events_total", "Events of its memory limits.", count, "cgroup", name, "event", event);
                }
            }
        }
        if (file.open(path.resolve("io.stat"))) {
            io(sink, label);
        }
        for (String resource : List.of("cpu", "io", "memory")) {
            if (file.open(path.resolve(resource + ".pressure"))) {
                Machine.pressure(file, sink, "cgroup_pressure_" + resource, "a task of the control group", label);
            }
        }
    }

    private void cpuStat(Sink sink, String[] label) {
        for (; file.more(); file.nextLine()) {
            String key = file.word();
            double seconds = file.number() / 1e6;
            switch (key) {
                case "usage_usec" -> sink.counter("cgroup_cpu_seconds_total", "Processor time of a control group.", seconds, label);
                case "user_usec" -> sink.counter("cgroup_cpu_user_seconds_total", "Of it, in programs.", seconds, label);
                case "system_usec" -> sink.counter("cgroup_cpu_system_seconds_total", "Of it, in the kernel.", seconds, label);
                case "throttled_usec" -> sink.counter("cgroup_cpu_throttled_seconds_total", "Time in which its quota was used up.", seconds, label);
                default -> { }
            }
        }
    }

    /** {@code 8:0 rbytes=1 wbytes=2 rios=3 ...}, a line a device. */
    private void io(Sink sink, String[] label) {
        long read = 0;
        long written = 0;
        for (; file.more(); file.nextLine()) {
            file.word();
            for (String word = file.word(); !word.isEmpty(); word = file.word()) {
                if (word.matches("[rw]bytes=\\d{1,18}")) {
                    long bytes = Long.parseLong(word.substring(7));
                    read += word.charAt(0) == 'r' ? bytes : 0;
                    written += word.charAt(0) == 'w' ? bytes : 0;
                }
            }
        }
        sink.counter("cgroup_io_read_bytes_total", "Bytes that a control group read from devices.", read, label);
        sink.counter("cgroup_io_written_bytes_total", "Bytes that a control group wrote to devices.", written, label);
    }

    private void version1(Sink sink, String controller, Path path, String name) {
        String[] label = {"cgroup", name};
        switch (controller) {
            case "cpuacct" -> {
                // Version 2 tells it of every group, whether it has the controller or not.
                if (!Files.exists(root.resolve("unified" + name + "/cpu.stat")) && file.open(path.resolve("cpuacct.usage"))) {
                    sink.counter("cgroup_cpu_seconds_total", "Processor time of a control group.", Math.max(0, file.number()) / 1e9, label);
                }
            }
            case "cpu" -> {
                if (file.open(path.resolve("cpu.stat"))) {
                    for (; file.more(); file.nextLine()) {
                        if (file.word().equals("throttled_time")) {
                            sink.counter("cgroup_cpu_throttled_seconds_total", "Time in which its quota was used up.",
                                    Math.max(0, file.number()) / 1e9, label);
                        }
                    }
                }
            }
            case "memory" -> {
                gauge(sink, path, "memory.usage_in_bytes", "cgroup_memory_usage_bytes", "Memory of a control group.", label);
                gauge(sink, path, "memory.limit_in_bytes", "cgroup_memory_limit_bytes",
                        "Memory that a control group may use; absent where there is no limit.", label);
            }
            case "pids" -> gauge(sink, path, "pids.current", "cgroup_pids", "Processes and threads of a control group.", label);
            default -> blkio(sink, path, label);
        }
    }

    private void blkio(Sink sink, Path path, String[] label) {
        if (!file.open(path.resolve("blkio.throttle.io_service_bytes"))) {
            return;
        }
        long read = 0;
        long written = 0;
        for (; file.more(); file.nextLine()) {
            file.word();
            String way = file.word();
            long bytes = Math.max(0, file.number());
            read += way.equals("Read") ? bytes : 0;
            written += way.equals("Write") ? bytes : 0;
        }
        sink.counter("cgroup_io_read_bytes_total", "Bytes that a control group read from devices.", read, label);
        sink.counter("cgroup_io_written_bytes_total", "Bytes that a control group wrote to devices.", written, label);
    }

    private void gauge(Sink sink, Path path, String from, String name, String help, String[] label) {
        if (file.open(path.resolve(from))) {
            long value = file.number(); // -1 for "max": no limit
            if (value >= 0 && value < NO_LIMIT) {
                sink.gauge(name, help, value, label);
            }
        }
    }
}
