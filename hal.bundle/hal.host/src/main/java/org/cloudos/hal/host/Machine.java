package org.cloudos.hal.host;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import org.cloudos.hal.machine.Clocks;
import org.cloudos.hal.machine.InterruptLines;
import org.cloudos.hal.machine.PhysicalMemory;
import org.cloudos.hal.machine.Ports;
import org.cloudos.hal.machine.Processors;
import org.cloudos.linux.device.Devices;
import org.cloudos.linux.machine.MachineRegisters;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** Registers what this machine has, and looks every second for platform devices that came and went. */
@Component(service = {}, immediate = true)
public final class Machine {
    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final PlatformBus bus;

    @Activate public Machine(BundleContext context, @Reference Devices devices, @Reference MachineRegisters registers) {
        KernelFiles files = new KernelFiles(Path.of("/"));
        LinuxProcessors processors = new LinuxProcessors(files);
        LinuxPorts ports = new LinuxPorts(registers);
        LinuxMemory memory = new LinuxMemory(files, devices);
        registrations.add(context.registerService(Processors.class, processors, null));
        registrations.add(context.registerService(Clocks.class, new LinuxClocks(files, processors, registers), null));
        registrations.add(context.registerService(InterruptLines.class, new LinuxInterrupts(files), null));
        registrations.add(context.registerService(Ports.class, ports, claims()));
        registrations.add(context.registerService(PhysicalMemory.class, memory, claims()));
        bus = new PlatformBus(context, new PlatformWays(files, devices, ports, memory, context::getProperty));
    }

    /** Who holds ports or mapped memory holds this very bundle's: there is nothing that another version could go on with. */
    private static Dictionary<String, Object> claims() {
        return new Hashtable<>(java.util.Map.of("cloudos.gate", false));
    }

    @Deactivate void close() throws InterruptedException {
        bus.close();
        registrations.forEach(ServiceRegistration::unregister);
    }
}
