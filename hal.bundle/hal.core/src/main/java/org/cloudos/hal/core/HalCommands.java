package org.cloudos.hal.core;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.driver.DeviceState;
import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Devices and drivers, for a person. */
@Component(service = HalCommands.class)
@GogoCommand(scope = "hal", function = {"devices", "pci", "bind", "unbind", "give", "counters"})
public final class HalCommands {
    private final BundleContext context;
    private final Drivers drivers;

    /** A line of hal:devices. */
    public record DeviceLine(String address, String kind, String device, String driver, String version, String state, String offers,
            String description) { }

    /** A line of hal:pci. */
    public record PciLine(String address, String kind, String device, String subsystem, int revision, String driver, List<String> bars,
            List<String> capabilities) { }

    /** A line of hal:counters. */
    public record Counter(String address, String driver, String name, long value) { }

    /** Made by Declarative Services when a command runs first. */
    @Activate public HalCommands(BundleContext context, @Reference Drivers drivers) {
        this.context = context;
        this.drivers = drivers;
    }

    /** Lists devices. */
    @Descriptor("all devices, and which driver has each")
    @Example({"hal:devices", "hal:devices --json"})
    public Object devices(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<DeviceLine> lines = drivers.devices().stream().map(HalCommands::line).toList();
        return Json.when(json, lines);
    }

    /** Lists what the bus says. */
    @Descriptor("what the PCI bus says of its devices: registers, capabilities")
    @Example({"hal:pci", "hal:pci --json"})
    public Object pci(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws InvalidSyntaxException {
        List<PciLine> lines = context.getServiceReferences(PciDevice.class, null).stream().map(context::getService).filter(d -> d != null)
                .sorted(Comparator.comparing(PciDevice::address)).map(HalCommands::line).toList();
        return Json.when(json, lines);
    }

    /** Gives a device to a driver. */
    @Descriptor("gives a device to a driver of ours; Linux gives it up")
    @Example({"hal:bind 0000:00:05.0", "hal:bind 0000:00:05.0 nvme"})
    public DeviceLine bind(@Descriptor("the device's address") String address, @Descriptor("the driver's name") String driver) throws DeviceException {
        return line(drivers.bind(address, driver));
    }

    /** Gives a device to the driver that suits it best. */
    @Descriptor("gives a device to the driver of ours that suits best; Linux gives it up")
    public DeviceLine bind(@Descriptor("the device's address") String address) throws DeviceException {
        return line(drivers.bind(address, null));
    }

    /** Takes a device from its driver. */
    @Descriptor("takes a device from its driver; it stays free until hal:bind")
    @Example("hal:unbind 0000:00:05.0")
    public DeviceLine unbind(@Descriptor("the device's address") String address) throws DeviceException {
        return line(drivers.unbind(address));
    }

    /** Gives a device to Linux. */
    @Descriptor("gives a device to Linux's own driver; it stays Linux's until hal:bind")
    @Example("hal:give 0000:00:05.0")
    public DeviceLine give(@Descriptor("the device's address") String address) throws DeviceException {
        return line(drivers.giveBack(address));
    }

    /** Lists counters. */
    @Descriptor("what drivers counted: requests, errors, interrupts")
    @Example({"hal:counters", "hal:counters --json"})
    public Object counters(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Counter> lines = drivers.devices().stream().flatMap(HalCommands::counters).toList();
        return Json.when(json, lines);
    }

    private static Stream<Counter> counters(DeviceState d) {
        return d.counters().entrySet().stream().map((Map.Entry<String, Long> e) -> new Counter(d.address(), d.driver(), e.getKey(), e.getValue()));
    }

    private static DeviceLine line(DeviceState d) {
        return new DeviceLine(d.address(), d.kind(), d.device(), d.driver(), d.version(), d.state(), d.offers(), d.description());
    }

    private static PciLine line(PciDevice d) {
        String owner = d.owner().isEmpty() ? d.linuxDriver().isEmpty() ? "" : "linux:" + d.linuxDriver() : d.owner();
        return new PciLine(d.address().toString(), PciClasses.name(d.identity().classCode()),
                String.format("%04x:%04x", d.identity().vendor(), d.identity().device()),
                String.format("%04x:%04x", d.identity().subsystemVendor(), d.identity().subsystem()), d.identity().revision(), owner,
                d.bars().stream().map(HalCommands::bar).toList(), d.capabilities().stream().map(PciCapability::name).collect(Collectors.toList()));
    }

    private static String bar(PciBar bar) {
        return bar.number() + ": " + (bar.ports() ? bar.size() + " ports" : Human.bytes(bar.size())) + " at " + Long.toHexString(bar.address());
    }
}
