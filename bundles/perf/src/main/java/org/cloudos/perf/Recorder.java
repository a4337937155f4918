package org.cloudos.perf;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;

/** Records this system for a while, one recording at a time. */
final class Recorder {
    private static final long MAX_BYTES = 128L << 20;
    private static final Duration EVERY = Duration.ofMillis(10);
    private final ReentrantLock one = new ReentrantLock();

    /**
     * What was measured beside the recording.
     *
     * @param cpu processor time of the process in it
     */
    record Result(Path file, Duration took, Duration cpu) { }

    /**
     * Records into a file.
     *
     * @param whole also what is not drawn but worth reading with JDK Mission Control: collections, locks, loads
     * @throws IllegalStateException when there is a recording already, or no Flight Recorder
     */
    Result record(Path file, Duration duration, boolean whole) throws IOException, InterruptedException {
        if (!one.tryLock()) {
            throw new IllegalStateException("a profile is being made already: try again when it is done");
        }
        try {
            if (!FlightRecorder.isAvailable()) {
                throw new IllegalStateException("this JVM has no Flight Recorder");
            }
            Files.createDirectories(file.getParent());
            try (Recording recording = new Recording()) {
                recording.setToDisk(true);
                recording.setMaxSize(MAX_BYTES);
                recording.enable("jdk.ExecutionSample").withPeriod(EVERY);
                recording.enable("jdk.ObjectAllocationSample").with("throttle", "1000/s");
                if (whole) {
                    for (String event : new String[] {"jdk.GarbageCollection", "jdk.GCHeapSummary", "jdk.CPULoad", "jdk.ThreadCPULoad",
                        "jdk.ThreadStart", "jdk.ThreadEnd", "jdk.Compilation", "jdk.VirtualThreadPinned", "jdk.ExceptionStatistics"}) {
                        recording.enable(event);
                    }
                    recording.enable("jdk.JavaMonitorEnter").withThreshold(EVERY);
                }
                long cpu = processorNanos();
                long begin = System.nanoTime();
                recording.start();
                try {
                    Thread.sleep(duration.plus(Profile.WARM_UP));
                } finally {
                    recording.stop();
                }
                Result result = new Result(file, Duration.ofNanos(System.nanoTime() - begin), Duration.ofNanos(processorNanos() - cpu));
                recording.dump(file);
                return result;
            }
        } finally {
            one.unlock();
        }
    }

    private static long processorNanos() {
        return ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean os
                ? Math.max(0, os.getProcessCpuTime()) : 0;
    }
}
