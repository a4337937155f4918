package org.cloudos.metrics.collect;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ClassLoadingMXBean;
import java.lang.management.CompilationMXBean;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryUsage;
import java.lang.management.ThreadMXBean;
import java.util.List;
import jdk.management.VirtualThreadSchedulerMXBean;
import org.cloudos.metrics.MetricSource;

/** The Java virtual machine, in the names of Prometheus' Java client. */
final class Jvm implements MetricSource {
    private final MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
    private final List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans();
    private final List<GarbageCollectorMXBean> collectors = ManagementFactory.getGarbageCollectorMXBeans();
    private final List<BufferPoolMXBean> buffers = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class);
    private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    private final ClassLoadingMXBean classes = ManagementFactory.getClassLoadingMXBean();
    private final CompilationMXBean compiler = ManagementFactory.getCompilationMXBean();
    private final VirtualThreadSchedulerMXBean virtual = ManagementFactory.getPlatformMXBean(VirtualThreadSchedulerMXBean.class);

    @Override
    public void collect(Sink sink) {
        sink.gauge("jvm_runtime_info", "1; its labels tell of the Java virtual machine.", 1, "runtime", System.getProperty("java.vm.name", ""),
                "vendor", System.getProperty("java.vm.vendor", ""), "version", System.getProperty("java.vm.version", ""));
        usage(sink, "jvm_memory", "Memory of the JVM", memory.getHeapMemoryUsage(), "area", "heap");
        usage(sink, "jvm_memory", "Memory of the JVM", memory.getNonHeapMemoryUsage(), "area", "nonheap");
        for (MemoryPoolMXBean pool : pools) {
            if (pool.isValid()) {
                usage(sink, "jvm_memory_pool", "A pool of the JVM's memory", pool.getUsage(), "pool", pool.getName());
            }
        }
        for (BufferPoolMXBean pool : buffers) {
            sink.gauge("jvm_buffer_pool_used_bytes", "Buffers outside the heap: bytes.", Math.max(0, pool.getMemoryUsed()), "pool", pool.getName());
            sink.gauge("jvm_buffer_pool_used_buffers", "Buffers outside the heap: number.", Math.max(0, pool.getCount()), "pool", pool.getName());
        }
        for (GarbageCollectorMXBean collector : collectors) {
            sink.counter("jvm_gc_collections_total", "Garbage collections.", Math.max(0, collector.getCollectionCount()), "gc", collector.getName());
            sink.counter("jvm_gc_collection_seconds_total", "Time of garbage collections.", Math.max(0, collector.getCollectionTime()) / 1e3,
                    "gc", collector.getName());
        }
        sink.gauge("jvm_classes_currently_loaded", "Classes that are loaded.", classes.getLoadedClassCount());
        sink.counter("jvm_classes_loaded_total", "Classes loaded since the start.", classes.getTotalLoadedClassCount());
        sink.counter("jvm_classes_unloaded_total", "Classes unloaded since the start.", classes.getUnloadedClassCount());
        if (compiler != null && compiler.isCompilationTimeMonitoringSupported()) {
            sink.counter("jvm_compilation_time_seconds_total", "Time spent compiling.", compiler.getTotalCompilationTime() / 1e3);
        }
        threads(sink);
    }

    private void threads(Sink sink) {
        sink.gauge("jvm_threads_current", "Platform threads.", threads.getThreadCount());
        sink.gauge("jvm_threads_daemon", "Platform threads that don't keep the JVM alive.", threads.getDaemonThreadCount());
        sink.gauge("jvm_threads_peak", "The most platform threads that there were.", threads.getPeakThreadCount());
        sink.counter("jvm_threads_started_total", "Platform threads started.", threads.getTotalStartedThreadCount());
        if (virtual != null) {
            sink.gauge("jvm_virtual_threads_mounted", "Virtual threads that run now.", Math.max(0, virtual.getMountedVirtualThreadCount()));
            sink.gauge("jvm_virtual_threads_queued", "Virtual threads that want to run.", Math.max(0, virtual.getQueuedVirtualThreadCount()));
            sink.gauge("jvm_virtual_threads_carriers", "Platform threads that carry virtual ones.", Math.max(0, virtual.getPoolSize()));
        }
    }

    private static void usage(Sink sink, String prefix, String what, MemoryUsage usage, String... labels) {
        sink.gauge(prefix + "_used_bytes", what + ": used.", usage.getUsed(), labels);
        sink.gauge(prefix + "_committed_bytes", what + ": taken from the system.", usage.getCommitted(), labels);
        if (usage.getMax() >= 0) {
            sink.gauge(prefix + "_max_bytes", what + ": its limit.", usage.getMax(), labels);
        }
    }
}
