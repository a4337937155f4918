package org.cloudos.fs.hostfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
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
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.Options;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.kernel.swap.HandOver;
import org.cloudos.linux.file.LinuxFolders;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The format {@code hostfs}: the source is a folder of the machine. */
@Component(service = {FileSystemType.class, HandOver.class}, property = FileSystem.TYPE + "=hostfs", immediate = true)
public final class HostFsType implements FileSystemType, HandOver {
    private record Open(HostFs fileSystem, ServiceRegistration<FileSystem> service) { }

    private final BundleContext context;
    private final LinuxFolders folders;
    /** Guarded by itself. */
    private final Map<String, Open> volumes = new TreeMap<>();

    @Activate
    public HostFsType(BundleContext context, @Reference LinuxFolders folders) {
        this.context = context;
        this.folders = folders;
    }

    @Override public String name() {
        return "hostfs";
    }

    @Override public boolean needsDevice() {
        return false;
    }

    @Override public boolean needsSource() {
        return true;
    }

    @Override public boolean recognises(BlockDevice device) {
        return false;
    }

    @Override public String open(BlockDevice device, Map<String, String> options) throws FsException {
        Options given = new Options("hostfs", options, List.of(SOURCE, "ro"));
        String folder = options.getOrDefault(SOURCE, "");
        if (!folder.startsWith("/")) {
            throw new Refused(Errno.EINVAL, "hostfs: expected an absolute path of a folder of the machine, found \"" + folder + "\"");
        }
        UUID id = UUID.nameUUIDFromBytes(("hostfs:" + folder).getBytes(StandardCharsets.UTF_8));
        synchronized (volumes) {
            if (volumes.containsKey(id.toString())) {
                throw new Refused(Errno.EBUSY, "hostfs of " + folder + ": it is open as volume " + id);
            }
            register(id, folder, options.containsKey("ro") && given.flag("ro"), Map.of());
        }
        return id.toString();
    }

    private void register(UUID id, String folder, boolean readOnly, Map<Long, Object[]> known) throws FsException {
        try {
            HostNodes nodes = new HostNodes(folders.open(folder));
            nodes.restore(known);
            HostFs fileSystem = new HostFs(id, folder, readOnly, nodes);
            Dictionary<String, Object> properties = new Hashtable<>(Map.of(FileSystem.VOLUME, id.toString(), "service.pid", id.toString(),
                    FileSystem.TYPE, "hostfs"));
            volumes.put(id.toString(), new Open(fileSystem, context.registerService(FileSystem.class, fileSystem, properties)));
        } catch (IOException e) {
            throw HostErrors.told(e, folder);
        }
    }

    @Override public void close(String volume, boolean force) throws FsException {
        Open open;
        synchronized (volumes) {
            open = volumes.get(volume);
            if (open == null) {
                throw new Refused(Errno.ENODEV, "hostfs volume " + volume);
            }
            if (!force && open.fileSystem.nodes().isHeld()) {
                throw new Refused(Errno.EBUSY, "hostfs volume " + volume + ": files are open");
            }
            volumes.remove(volume);
        }
        open.service.unregister();
        open.fileSystem.nodes().close();
    }

    @Override public State handOver() {
        synchronized (volumes) {
            List<Object[]> all = new ArrayList<>();
            volumes.values().forEach(o -> all.add(o.fileSystem.state()));
            return new State(1, all);
        }
    }

    @SuppressWarnings("unchecked")
    @Override public void takeOver(State state) {
        if (state.version() != 1 || !(state.value() instanceof List<?> all)) {
            throw new IllegalArgumentException("expected volumes, version 1; found version " + state.version());
        }
        synchronized (volumes) {
            for (Object[] raw : (List<Object[]>) all) {
                try {
                    if (!volumes.containsKey((String) raw[0])) {
                        register(UUID.fromString((String) raw[0]), (String) raw[1], (Boolean) raw[2], (Map<Long, Object[]>) raw[3]);
                    }
                } catch (FsException e) {
                    throw new IllegalArgumentException(e.getMessage(), e);
                }
            }
        }
    }

    @Deactivate
    void stop() {
        synchronized (volumes) {
            volumes.values().forEach(o -> o.fileSystem.nodes().close());
            volumes.clear();
        }
    }
}
