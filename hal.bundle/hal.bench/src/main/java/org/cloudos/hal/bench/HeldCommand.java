package org.cloudos.hal.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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
     */
    public record Held(long handles, long devices, long deviceThreads, long lockedKib) { }

    /** Counts. */
    @Descriptor("file handles, those of devices, drivers' threads and locked memory of this process")
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
        long locked = 0;
        for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmLck:") || line.startsWith("VmPin:")) {
                locked += Long.parseLong(line.replaceAll("\\D", ""));
            }
        }
        return Json.when(json, new Held(handles, devices, threads, locked));
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
