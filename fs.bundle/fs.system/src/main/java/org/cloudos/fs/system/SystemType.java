package org.cloudos.fs.system;

import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.FsException;
import org.cloudos.fs.Options;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.kernel.swap.HandOver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** The format {@code system}: the system's own state, read-only. */
@Component(service = {FileSystemType.class, HandOver.class}, property = FileSystem.TYPE + "=system", immediate = true)
public final class SystemType implements FileSystemType, HandOver {
    private record Open(ViewFs fileSystem, ServiceRegistration<FileSystem> service) { }

    private final BundleContext context;
    private final SystemViews views;
    /** Guarded by itself. */
    private final Map<String, Open> volumes = new TreeMap<>();

    @Activate
    public SystemType(BundleContext context) {
        this.context = context;
        this.views = new SystemViews(context, this::vfs);
    }

    /** Not a reference: the VFS uses this, and may come later. */
    private Vfs vfs() {
        ServiceReference<Vfs> reference = context.getServiceReference(Vfs.class);
        return reference == null ? null : context.getService(reference);
    }

    @Override public String name() {
        return "system";
    }

    @Override public boolean needsDevice() {
        return false;
    }

    @Override public boolean recognises(BlockDevice device) {
        return false;
    }

    @Override public String open(BlockDevice device, Map<String, String> options) throws FsException {
        new Options("system", options, List.of("ro"));
        UUID id = UUID.randomUUID();
        synchronized (volumes) {
            register(id, Map.of());
        }
        return id.toString();
    }

    private void register(UUID id, Map<Long, String> known) {
        ViewFs fileSystem = new ViewFs(id, views.root(), System.currentTimeMillis() * 1_000_000, known);
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(FileSystem.VOLUME, id.toString(), "service.pid", id.toString(),
                FileSystem.TYPE, "system"));
        volumes.put(id.toString(), new Open(fileSystem, context.registerService(FileSystem.class, fileSystem, properties)));
    }

    @Override public void close(String volume, boolean force) throws FsException {
        Open open;
        synchronized (volumes) {
            open = volumes.remove(volume);
        }
        if (open == null) {
            throw new FsException.Refused(Errno.ENODEV, "system volume " + volume);
        }
        open.service.unregister();
    }

    /** By volume, the nodes that are known. */
    @Override public State handOver() {
        synchronized (volumes) {
            Map<String, Map<Long, String>> all = new TreeMap<>();
            volumes.forEach((id, open) -> all.put(id, open.fileSystem.known()));
            return new State(1, all);
        }
    }

    @SuppressWarnings("unchecked")
    @Override public void takeOver(State state) {
        if (state.version() != 1 || !(state.value() instanceof Map<?, ?> all)) {
            throw new IllegalArgumentException("expected volumes, version 1; found version " + state.version());
        }
        synchronized (volumes) {
            ((Map<String, Map<Long, String>>) all).forEach((id, known) -> {
                if (!volumes.containsKey(id)) {
                    register(UUID.fromString(id), known);
                }
            });
        }
    }
}
