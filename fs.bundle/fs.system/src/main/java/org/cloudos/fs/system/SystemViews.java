package org.cloudos.fs.system;

import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.MountFlag;
import org.cloudos.fs.vfs.MountInfo;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.hal.block.BlockGeometry;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/** What is shown of the system: {@code bundles/NAME}, {@code services/ID}, {@code devices/NAME}, {@code mounts}, {@code memory}, {@code threads}. */
final class SystemViews {
    private static final String[] STATES = {"UNINSTALLED", "INSTALLED", "RESOLVED", "STARTING", "STOPPING", "ACTIVE"};
    private final BundleContext context;
    private final Supplier<Vfs> vfs;

    SystemViews(BundleContext context, Supplier<Vfs> vfs) {
        this.context = context;
        this.vfs = vfs;
    }

    View.Folder root() {
        return new View.Folder(() -> Map.of("bundles", new View.Folder(this::bundles), "services", new View.Folder(this::services),
                "devices", new View.Folder(this::devices), "mounts", new View.Text(this::mounts), "memory", new View.Text(SystemViews::memory),
                "threads", new View.Text(SystemViews::threads), "uptime", new View.Text(SystemViews::uptime)));
    }

    private Map<String, View> bundles() {
        Map<String, View> views = new TreeMap<>();
        for (Bundle bundle : context.getBundles()) {
            String name = bundle.getSymbolicName() == null ? Long.toString(bundle.getBundleId()) : bundle.getSymbolicName();
            views.put(name, new View.Text(() -> "id " + bundle.getBundleId() + "\nstate " + STATES[Integer.numberOfTrailingZeros(bundle.getState())]
                    + "\nversion " + bundle.getVersion() + "\nlocation " + bundle.getLocation() + "\n"));
        }
        return views;
    }

    private ServiceReference<?>[] references(String name) {
        try {
            ServiceReference<?>[] all = context.getAllServiceReferences(name, null);
            return all == null ? new ServiceReference<?>[0] : all;
        } catch (InvalidSyntaxException e) {
            throw new AssertionError("no filter was given", e);
        }
    }

    private Map<String, View> services() {
        Map<String, View> views = new TreeMap<>();
        for (ServiceReference<?> service : references(null)) {
            views.put(String.valueOf(service.getProperty(Constants.SERVICE_ID)), new View.Text(() -> properties(service)));
        }
        return views;
    }

    private static String properties(ServiceReference<?> service) {
        StringBuilder text = new StringBuilder();
        for (String key : service.getPropertyKeys()) {
            Object value = service.getProperty(key);
            text.append(key).append(' ').append(value instanceof Object[] many ? Arrays.toString(many) : value).append('\n');
        }
        Bundle bundle = service.getBundle();
        return text.append("bundle ").append(bundle == null ? "none" : bundle.getSymbolicName()).append('\n').toString();
    }

    private Map<String, View> devices() {
        Map<String, View> views = new TreeMap<>();
        for (ServiceReference<?> reference : references(BlockDevice.class.getName())) {
            views.put(String.valueOf(reference.getProperty(BlockDevice.NAME)), new View.Text(() -> device(reference)));
        }
        return views;
    }

    private String device(ServiceReference<?> reference) {
        if (!(context.getService(reference) instanceof BlockDevice device)) {
            return "";
        }
        try {
            BlockGeometry g = device.geometry();
            return "name " + device.name() + "\nbytes " + g.bytes() + "\nblock " + g.blockSize() + "\nphysical " + g.physicalBlock() + "\nreadOnly "
                    + g.readOnly() + "\ncache " + g.volatileCache() + "\nfua " + g.fua() + "\ndiscard " + g.discard() + "\n";
        } finally {
            context.ungetService(reference);
        }
    }

    /** As fstab(5). */
    private String mounts() {
        StringBuilder text = new StringBuilder();
        Vfs now = vfs.get();
        try {
            for (long namespace : now == null ? java.util.List.<Long>of() : now.namespaces()) {
                for (MountInfo m : now.mounts(namespace)) {
                    String flags = String.join(",", m.flags().stream().map(MountFlag::option).sorted().toList());
                    text.append(m.source()).append(' ').append(m.path()).append(' ').append(m.type()).append(' ')
                            .append(flags.isEmpty() ? "rw" : flags).append(" namespace=").append(namespace).append('\n');
                }
            }
        } catch (FsException e) {
            text.append("# ").append(e.getMessage()).append('\n'); // a namespace that ended meanwhile
        }
        return text.toString();
    }

    private static String memory() {
        var heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        var other = ManagementFactory.getMemoryMXBean().getNonHeapMemoryUsage();
        return "heapUsed " + heap.getUsed() + "\nheapCommitted " + heap.getCommitted() + "\nheapMax " + heap.getMax() + "\nnonHeapUsed "
                + other.getUsed() + "\n";
    }

    private static String threads() {
        StringBuilder text = new StringBuilder();
        Thread.getAllStackTraces().keySet().stream().sorted(java.util.Comparator.comparingLong(Thread::threadId))
                .forEach(t -> text.append(t.threadId()).append(' ').append(t.getState()).append(' ').append(t.getName()).append('\n'));
        return text.toString();
    }

    private static String uptime() {
        return ManagementFactory.getRuntimeMXBean().getUptime() + " ms\n";
    }
}
