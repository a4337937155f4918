package org.cloudos.hal.core;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.driver.DeviceState;
import org.cloudos.hal.net.NetCounters;
import org.cloudos.hal.net.NetDevice;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;

/** Devices as services: who uses them, and those that are made of memory, a file or Linux's own. */
final class OfferedDevices implements DeviceTable.Offered, AutoCloseable {
    private static final String PROVIDER = "cloudos.gate.bundle"; // of a service that stands behind a gate

    /** A kind of device: its interface, the property that holds its name, and what it is called. */
    private record Kind(Class<?> type, String property, String words) { }

    private static final List<Kind> KINDS = List.of(new Kind(BlockDevice.class, BlockDevice.NAME, "block device"),
            new Kind(NetDevice.class, NetDevice.NAME, "network device"), new Kind(CharDevice.class, CharDevice.NAME, "character device"));

    private final BundleContext context;
    private final Happenings happenings;
    private final Map<Kind, ServiceTracker<Object, Object>> trackers = new LinkedHashMap<>();

    OfferedDevices(BundleContext context, Happenings happenings) {
        this.context = context;
        this.happenings = happenings;
    }

    void open() {
        for (Kind kind : KINDS) {
            ServiceTracker<Object, Object> tracker = new ServiceTracker<>(context, kind.type.getName(), null) {
                @Override public Object addingService(ServiceReference<Object> reference) {
                    happenings.tell(name(kind, reference), "came", kind.words + " of " + provider(reference));
                    return super.addingService(reference);
                }

                @Override public void removedService(ServiceReference<Object> reference, Object service) {
                    happenings.tell(name(kind, reference), "went", kind.words);
                    super.removedService(reference, service);
                }
            };
            trackers.put(kind, tracker);
            tracker.open();
        }
    }

    private static String name(Kind kind, ServiceReference<?> reference) {
        return String.valueOf(reference.getProperty(kind.property));
    }

    private static String provider(ServiceReference<?> reference) {
        Object behind = reference.getProperty(PROVIDER);
        Bundle bundle = reference.getBundle();
        return behind != null ? behind.toString() : bundle == null ? "" : bundle.getSymbolicName();
    }

    @Override public int users(String offers) {
        Set<String> names = Set.of(Arrays.stream(offers.split(",? ")).distinct().toArray(String[]::new));
        Set<Bundle> users = new HashSet<>();
        trackers.forEach((kind, tracker) -> references(tracker).filter(r -> names.contains(name(kind, r))).forEach(r -> users.addAll(users(r))));
        return users.size();
    }

    private static java.util.stream.Stream<ServiceReference<Object>> references(ServiceTracker<Object, Object> tracker) {
        ServiceReference<Object>[] all = tracker.getServiceReferences();
        return all == null ? java.util.stream.Stream.empty() : Arrays.stream(all);
    }

    /** But us, who list it, and the gate. */
    private List<Bundle> users(ServiceReference<?> reference) {
        Bundle[] using = reference.getUsingBundles();
        return using == null ? List.of() : Arrays.stream(using).filter(b -> b != context.getBundle()).toList();
    }

    @Override public List<DeviceState> others(List<String> offered) {
        Set<String> known = new HashSet<>();
        offered.forEach(names -> known.addAll(List.of(names.split(",? "))));
        List<DeviceState> found = new ArrayList<>();
        trackers.forEach((kind, tracker) -> references(tracker).filter(r -> !known.contains(name(kind, r))).forEach(r -> {
            Object service = tracker.getService(r);
            if (service != null) {
                found.add(state(kind, r, service));
            }
        }));
        found.sort(Comparator.comparing(DeviceState::address));
        return found;
    }

    private DeviceState state(Kind kind, ServiceReference<?> reference, Object service) {
        String name = name(kind, reference), provider = provider(reference);
        String version = Arrays.stream(context.getBundles()).filter(b -> provider.equals(b.getSymbolicName())).map(b -> b.getVersion().toString())
                .findFirst().orElse("");
        String state = "attached", description = "";
        Map<String, Long> counters = new LinkedHashMap<>();
        try {
            description = describe(service, counters);
        } catch (RuntimeException e) {
            state = "failed";
            description = String.valueOf(e.getMessage());
        }
        return new DeviceState("virtual/" + name, "", "", kind.words, provider.replaceFirst("^org\\.cloudos\\.(drv\\.)?", ""), version, state, name,
                users(reference).size(), description, counters);
    }

    private static String describe(Object service, Map<String, Long> counters) {
        return switch (service) {
            case CharDevice device -> {
                CharDevice.Counters c = device.counters();
                counters.put("bytes read", c.read());
                counters.put("bytes written", c.written());
                counters.put("bytes lost", c.lost());
                counters.put("errors", c.errors());
                yield device.description();
            }
            case NetDevice device -> {
                NetCounters c = device.counters();
                counters.put("received", c.received());
                counters.put("sent", c.sent());
                counters.put("dropped", c.dropped());
                counters.put("errors", c.errors());
                yield device.abilities().addressText() + ", link " + (device.link().up() ? "up" : "down");
            }
            case BlockDevice device -> device.geometry().blocks() + " blocks of " + device.geometry().blockSize() + " bytes";
            default -> "";
        };
    }

    @Override public void close() {
        trackers.values().forEach(ServiceTracker::close);
    }
}
