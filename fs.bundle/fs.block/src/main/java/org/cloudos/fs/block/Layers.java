package org.cloudos.fs.block;

import java.util.ArrayList;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockLayer;
import org.cloudos.hal.block.IoPolicy;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;

/**
 * Puts a layer before each device that comes, and makes devices of its parts. A layered device has the raw one's name and a higher ranking,
 * so that who looks for a name finds it; parts have the property {@code block.whole}. When this bundle is swapped, the layer of each device
 * gets a new one's, and settings are kept by the bundle's successor only as far as they are asked for again.
 */
@Component(immediate = true)
public final class Layers implements BlockLayer {
    private static final String LAYER = "block.layer";
    private static final int RANKING = 100;

    private final BundleContext context;
    private final Logger log;
    private final Map<String, Layered> devices = new ConcurrentHashMap<>(); // changed under this
    private final Map<String, IoPolicy> policies = new ConcurrentHashMap<>();

    private record Layered(BlockDevice raw, LayeredDevice device, List<ServiceRegistration<BlockDevice>> services, Partitions partitions) { }

    @Activate
    public Layers(BundleContext context, @Reference(service = LoggerFactory.class) Logger log) {
        this.context = context;
        this.log = log;
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = "(&(block.name=*)(!(" + LAYER + "=*)))")
    synchronized void addDevice(BlockDevice raw, ServiceReference<BlockDevice> reference) {
        String name = String.valueOf(reference.getProperty(BlockDevice.NAME));
        LayeredDevice device = new LayeredDevice(raw);
        List<ServiceRegistration<BlockDevice>> services = new ArrayList<>();
        services.add(register(device, name, null));
        Partitions found = new Partitions(name, "none", List.of(), List.of());
        try {
            found = PartitionTable.read(device);
            for (Partition p : found.partitions()) {
                services.add(register(new PartDevice(p.device(), device, p.first(), p.blocks()), p.device(), name));
            }
            found.problems().forEach(problem -> log.warn("{}: {}", name, problem));
        } catch (BlockException e) {
            log.warn("the partition table of {} could not be read: {}", name, e.getMessage());
        }
        devices.put(name, new Layered(raw, device, services, found));
    }

    private ServiceRegistration<BlockDevice> register(BlockDevice device, String name, String whole) {
        Hashtable<String, Object> properties = new Hashtable<>(Map.of(BlockDevice.NAME, name, LAYER, "fs.block", Constants.SERVICE_RANKING, RANKING));
        if (whole != null) {
            properties.put("block.whole", whole);
        }
        return context.registerService(BlockDevice.class, device, properties);
    }

    synchronized void removeDevice(BlockDevice raw) {
        devices.entrySet().stream().filter(e -> e.getValue().raw == raw).map(Map.Entry::getKey).findFirst().ifPresent(name -> end(name, devices.remove(name)));
    }

    private void end(String name, Layered layered) {
        layered.services.forEach(ServiceRegistration::unregister);
        try {
            layered.device.close();
        } catch (BlockException e) {
            log.warn("what was cached of {} could not be written: {}", name, e.getMessage());
        }
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addPolicy(IoPolicy policy) {
        policies.put(policy.name(), policy);
    }

    /** Devices that had it go on without an order. */
    void removePolicy(IoPolicy policy) {
        if (policies.remove(policy.name(), policy)) {
            for (Layered l : devices.values()) {
                if (l.device.policy().equals(policy.name())) {
                    order(l, null);
                }
            }
        }
    }

    private void order(Layered l, IoPolicy policy) {
        try {
            l.device.policy(policy);
        } catch (BlockException e) {
            throw new IllegalStateException(e.getMessage(), e);
        }
    }

    private Layered find(String device) {
        Layered l = devices.get(device);
        if (l == null) {
            throw new IllegalArgumentException("device: expected one of " + String.join(", ", devices.keySet()) + "; found " + device);
        }
        return l;
    }

    @Override public List<Statistics> statistics() {
        return devices.values().stream().map(l -> l.device.statistics()).toList();
    }

    @Override public Partitions partitions(String device) throws BlockException {
        return PartitionTable.read(find(device).device);
    }

    @Override public void policy(String device, String policy) {
        Layered l = find(device);
        if (!policy.equals("none") && !policies.containsKey(policy)) {
            throw new IllegalArgumentException("policy: expected none or one of " + String.join(", ", policies.keySet()) + "; found " + policy);
        }
        order(l, policies.get(policy));
    }

    @Override public void cache(String device, long bytes) throws BlockException {
        if (bytes < 0) {
            throw new IllegalArgumentException("bytes: expected 0 or more, found " + bytes);
        }
        find(device).device.cache(bytes);
    }

    @Deactivate synchronized void stop() {
        new LinkedHashMap<>(devices).forEach((name, layered) -> end(name, devices.remove(name)));
    }
}
