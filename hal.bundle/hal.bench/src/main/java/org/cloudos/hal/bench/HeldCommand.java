package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Component;

/** What this process holds of the kernel's: before and after, to find what leaks. */
@Component(service = HeldCommand.class)
@GogoCommand(scope = "bench", function = "held")
public final class HeldCommand {
    /**
     * What is held.
     *
     * @param deviceThreads of devices and drivers, not of those who are logged in
     * @param lockedKib     memory that devices can reach
     * @param heapKib       of objects that are still in use
     * @param residentKib   memory of the whole process
     */
    public record Held(long handles, long devices, long threads, long deviceThreads, long lockedKib, long heapKib, long residentKib) { }

    /** Counts. */
    @Descriptor("file handles, those of devices, all threads and drivers', locked memory, heap in use and resident memory of this process")
    @Example("bench:held")
    public Object held(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws IOException {
        long handles = 0;
        long devices = 0;
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            for (Path p : all.toList()) {
                handles++;
                devices += isDevice(p) ? 1 : 0;
            }
        }
        long threads = Thread.getAllStackTraces().keySet().stream().filter(t -> t.getName().matches("(ahci|nvme|pci|e|vnet|vd).*")).count();
        System.gc(); // what nobody uses is nobody's leak
        long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1024;
        List<String> status = Files.readAllLines(Path.of("/proc/self/status"));
        return Json.when(json, new Held(handles, devices, ManagementFactory.getThreadMXBean().getThreadCount(), threads,
                number(status, "VmLck:") + number(status, "VmPin:"), heap, number(status, "VmRSS:")));
    }

    private static long number(List<String> status, String key) {
        return status.stream().filter(line -> line.startsWith(key)).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", ""))).sum();
    }

    private static boolean isDevice(Path handle) {
        try {
            String target = Files.readSymbolicLink(handle).toString();
            return target.contains("vfio") || target.contains("eventfd");
        } catch (IOException e) {
            return false; // closed meanwhile
        }
    }
}
