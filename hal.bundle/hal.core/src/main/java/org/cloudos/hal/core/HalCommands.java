package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.DeviceState;
import org.cloudos.hal.driver.Drivers;
import org.cloudos.hal.pci.PciAddress;
import org.cloudos.hal.pci.PciBar;
import org.cloudos.hal.pci.PciCapability;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.shell.Column;
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
@GogoCommand(scope = "hal", function = {"devices", "pci", "bind", "unbind", "give", "counters", "events", "permissions", "permit"})
public final class HalCommands {
    private static final String JSON = "print JSON";
    private final BundleContext context;
    private final Drivers drivers;
    private final DevicePermissions permissions;

    /** A line of hal:devices: a device stands below the bridge that it is behind. */
    public record DeviceLine(@Column("address") String tree, @Column(hidden = true) String address, @Column(hidden = true) String parent, String kind,
            String device,
            String driver, String version, String state, String offers, @Column("used by") int users, String counters, String description) { }

    /** A line of hal:pci. */
    public record PciLine(String address, String kind, String device, String subsystem, int revision, String driver, List<String> bars,
            List<String> capabilities) { }

    /** A line of hal:pci of one device. */
    public record PciFact(String what, String found) { }

    /** A line of hal:counters. */
    public record Counter(String address, String driver, String name, long value) { }

    /** A line of hal:permissions. */
    public record Permission(String device, String bundles) { }

    /** Made by Declarative Services when a command runs first. */
    @Activate public HalCommands(BundleContext context, @Reference Drivers drivers, @Reference DeviceManagement management) {
        this.context = context;
        this.drivers = drivers;
        permissions = management.permissions();
    }

    /** Lists devices. */
    @Descriptor("all devices, and which driver has each; a device stands below the bridge that it is behind")
    @Example({"hal:devices", "hal:devices --json"})
    public Object devices(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        List<DeviceState> all = drivers.devices();
        List<DeviceLine> lines = new ArrayList<>();
        all.stream().filter(d -> all.stream().noneMatch(p -> p.address().equals(d.parent()))).forEach(d -> tree(d, all, "", lines));
        return Json.when(json, lines);
    }

    private static void tree(DeviceState device, List<DeviceState> all, String indent, List<DeviceLine> to) {
        to.add(line(device, indent));
        if (indent.length() < 64) { // a bridge of itself can't be, but who knows
            all.stream().filter(d -> d.parent().equals(device.address())).forEach(d -> tree(d, all, indent + "  ", to));
        }
    }

    /** Lists what the bus says. */
    @Descriptor("what the PCI bus says of its devices: registers, capabilities")
    @Example({"hal:pci", "hal:pci --json"})
    public Object pci(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, pciDevices().map(HalCommands::line).toList());
    }

    /** Says all of one. */
    @Descriptor("all that a device on PCI says of itself, as lspci -vv has it")
    @Example("hal:pci 0000:00:06.0")
    public Object pci(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json,
            @Descriptor("the device's address") String address) throws DeviceException {
        PciAddress wanted = PciAddress.parse(address);
        PciDevice device = pciDevices().filter(d -> d.address().equals(wanted)).findFirst()
                .orElseThrow(() -> new DeviceException(Reason.ABSENT, "expected a device of hal:pci, found " + address));
        return Json.when(json, facts(device));
    }

    private static List<PciFact> facts(PciDevice d) {
        PciDetails details = new PciDetails(d.configuration());
        List<PciFact> facts = new ArrayList<>();
        facts.add(new PciFact("device", String.format("%s %04x:%04x (revision %02x, interface %02x)", PciClasses.name(d.identity().classCode()),
                d.identity().vendor(),
                d.identity().device(), d.identity().revision(), d.identity().classCode() & 0xff)));
        facts.add(new PciFact("subsystem", String.format("%04x:%04x", d.identity().subsystemVendor(), d.identity().subsystem())));
        facts.add(new PciFact("driver", owner(d).isEmpty() ? "none" : owner(d)));
        facts.add(new PciFact("behind", d.parent().map(PciAddress::toString).orElse("the root")));
        facts.add(new PciFact("I/O MMU group", d.iommuGroup().isEmpty() ? "none" : d.iommuGroup()));
        facts.add(new PciFact("control", details.control()));
        facts.add(new PciFact("status", details.status()));
        facts.add(new PciFact("interrupt", details.interrupt()));
        if (!details.bridge().isEmpty()) {
            facts.add(new PciFact("buses", details.bridge()));
        }
        d.bars().forEach(b -> facts.add(new PciFact("region " + b.number(), (b.ports() ? b.size() + " I/O ports" : "memory, " + Human.bytes(b.size())
                + (b.prefetchable() ? ", prefetchable" : ", non-prefetchable")) + " at " + Long.toHexString(b.address()))));
        if (details.hidesCapabilities()) {
            facts.add(new PciFact("capabilities", "not available here: Linux shows them to CAP_SYS_ADMIN"));
        }
        details.capabilities(d.capabilities()).forEach(line -> facts.add(new PciFact("capability", line)));
        return facts;
    }

    private Stream<PciDevice> pciDevices() {
        try {
            return context.getServiceReferences(PciDevice.class, null).stream().map(context::getService).filter(d -> d != null)
                    .sorted(Comparator.comparing(PciDevice::address));
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter", e);
        }
    }

    /** Gives a device to a driver. */
    @Descriptor("gives a device to a driver of ours; Linux gives it up")
    @Example({"hal:bind 0000:00:05.0", "hal:bind 0000:00:05.0 nvme"})
    public Object bind(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json,
            @Descriptor("the device's address") String address, @Descriptor("the driver's name") String driver) throws DeviceException {
        return Json.when(json, line(drivers.bind(address, driver), ""));
    }

    /** Gives a device to the driver that suits it best. */
    @Descriptor("gives a device to the driver of ours that suits best; Linux gives it up")
    public Object bind(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json,
            @Descriptor("the device's address") String address) throws DeviceException {
        return Json.when(json, line(drivers.bind(address, null), ""));
    }

    /** Takes a device from its driver. */
    @Descriptor("takes a device from its driver; it stays free until hal:bind")
    @Example("hal:unbind 0000:00:05.0")
    public DeviceLine unbind(@Descriptor("the device's address") String address) throws DeviceException {
        return line(drivers.unbind(address), "");
    }

    /** Gives a device to Linux. */
    @Descriptor("gives a device to Linux's own driver; it stays Linux's until hal:bind")
    @Example("hal:give 0000:00:05.0")
    public DeviceLine give(@Descriptor("the device's address") String address) throws DeviceException {
        return line(drivers.giveBack(address), "");
    }

    /** Lists counters. */
    @Descriptor("what drivers counted: requests, errors, interrupts")
    @Example({"hal:counters", "hal:counters --json"})
    public Object counters(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        List<Counter> lines = drivers.devices().stream().flatMap(HalCommands::counters).toList();
        return Json.when(json, lines);
    }

    /** Lists events. */
    @Descriptor("what happened to devices: came, attached, detached, failed, went; the last 256")
    @Example({"hal:events", "hal:events --json"})
    public Object events(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, drivers.events());
    }

    /** Lists permissions. */
    @Descriptor("which bundles see which devices; a device without a rule is everybody's")
    @Example("hal:permissions")
    public Object permissions(@Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor(JSON) boolean json) {
        return Json.when(json, permissions.rules().entrySet().stream().map(e -> new Permission(e.getKey(), e.getValue())).toList());
    }

    /** Changes permissions. */
    @Descriptor("lets only these bundles see a device from now on, until the system ends (lasting: the property cloudos.hal.permissions)")
    @Example({"hal:permit nvme0n1 'org.cloudos.fs.*'", "hal:permit --all nvme0n1"})
    public Object permit(@Parameter(names = "--all", presentValue = "true", absentValue = "false") @Descriptor("takes the rule away") boolean all,
            @Descriptor("the device's name; * for any letters") String device, @Descriptor("symbolic names; * for any letters") String... bundles) {
        if (!all) {
            permissions.set(device, List.of(bundles));
        } else if (!permissions.remove(device)) {
            throw new IllegalArgumentException("expected a rule of " + permissions.rules().keySet() + ", found " + device);
        }
        return permissions(false);
    }

    private static Stream<Counter> counters(DeviceState d) {
        return d.counters().entrySet().stream().map((Map.Entry<String, Long> e) -> new Counter(d.address(), d.driver(), e.getKey(), e.getValue()));
    }

    private static DeviceLine line(DeviceState d, String indent) {
        String counters = d.counters().entrySet().stream().filter(e -> e.getValue() != 0).limit(3).map(e -> e.getKey() + " " + e.getValue())
                .collect(Collectors.joining(", "));
        return new DeviceLine(indent + d.address(), d.address(), d.parent(), d.kind(), d.device(), d.driver(), d.version(), d.state(), d.offers(),
                d.users(), counters,
                d.description());
    }

    private static String owner(PciDevice d) {
        return d.owner().isEmpty() ? d.linuxDriver().isEmpty() ? "" : "linux:" + d.linuxDriver() : d.owner();
    }

    private static PciLine line(PciDevice d) {
        return new PciLine(d.address().toString(), PciClasses.name(d.identity().classCode()),
                String.format("%04x:%04x", d.identity().vendor(), d.identity().device()),
                String.format("%04x:%04x", d.identity().subsystemVendor(), d.identity().subsystem()), d.identity().revision(), owner(d),
                d.bars().stream().map(HalCommands::bar).toList(), d.capabilities().stream().map(PciCapability::name).toList());
    }

    private static String bar(PciBar bar) {
        return bar.number() + ": " + (bar.ports() ? bar.size() + " ports" : Human.bytes(bar.size())) + " at " + Long.toHexString(bar.address());
    }
}
