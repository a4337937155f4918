package org.cloudos.metrics.collect;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.File;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.cloudos.metrics.MetricSource;

/** This process, and how many others there are. */
final class OwnProcess implements MetricSource {
    private final Path proc;
    private final KernelFile file = new KernelFile();
    private final UnixOperatingSystemMXBean os = ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
            ? unix : null;
    private final double start = ManagementFactory.getRuntimeMXBean().getStartTime() / 1e3;

    OwnProcess(Path proc) {
        this.proc = proc;
    }

    @Override
    public void collect(Sink sink) {
        sink.gauge("process_start_time_seconds", "When this process started, since the epoch.", start);
        if (os != null) {
            sink.counter("process_cpu_seconds_total", "Processor time of this process.", Math.max(0, os.getProcessCpuTime()) / 1e9);
            sink.gauge("process_open_fds", "Files that are open.", os.getOpenFileDescriptorCount());
            sink.gauge("process_max_fds", "Files that may be open.", os.getMaxFileDescriptorCount());
        }
        if (file.open(proc.resolve("self/status"))) {
            for (; file.more(); file.nextLine()) {
                switch (file.until(':')) {
                    case "VmSize" -> sink.gauge("process_virtual_memory_bytes", "Address space of this process.", file.number() * 1024.0);
                    case "VmRSS" -> sink.gauge("process_resident_memory_bytes", "Memory of this process.", file.number() * 1024.0);
                    case "RssAnon" -> sink.gauge("process_anonymous_memory_bytes", "Memory of this process that is no file's.",
                            file.number() * 1024.0);
                    case "Threads" -> sink.gauge("process_threads", "Threads of this process, as the kernel counts them.", file.number());
                    default -> { }
                }
            }
        }
        String[] entries = new File(proc.toString()).list((folder, name) -> name.charAt(0) >= '1' && name.charAt(0) <= '9');
        if (entries != null) {
            sink.gauge("node_processes_pids", "Processes of the machine.", entries.length);
        }
    }
}
