package org.cloudos.fs.tmpfs;

import java.time.Clock;
import java.time.Instant;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.Options;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.kernel.swap.HandOver;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;

/**
 * The format {@code tmpfs}. A swap hands the volumes over alive: nothing is copied, open files stay, and going back loses nothing of
 * what was written meanwhile.
 */
@Component(service = {FileSystemType.class, HandOver.class}, property = FileSystem.TYPE + "=tmpfs", immediate = true)
public final class TmpFsType implements FileSystemType, HandOver {
    private static final long DEFAULT_BYTES = 256L << 20;
    private static final long BYTES_PER_NODE = 4096;
    private static final List<String> OPTIONS = List.of("size", "nodes", "mode", "uid", "gid", "label", "ro", "rw");

    private record Open(TmpFs fileSystem, ServiceRegistration<FileSystem> service) { }

    private final BundleContext context;
    private final LongSupplier clock = nanos(Clock.systemUTC());
    /** Guarded by itself. */
    private final Map<String, Open> volumes = new TreeMap<>();
    /** Guarded by {@link #volumes}. */
    private boolean handedOver;

    @Activate
    public TmpFsType(BundleContext context) {
        this.context = context;
    }

    static LongSupplier nanos(Clock clock) {
        return () -> {
            Instant now = clock.instant();
            return now.getEpochSecond() * 1_000_000_000L + now.getNano();
        };
    }

    @Override public String name() {
        return "tmpfs";
    }

    @Override public boolean needsDevice() {
        return false;
    }

    @Override public boolean recognises(BlockDevice device) {
        return false;
    }

    /** Options: {@code size} (64m), {@code nodes}, {@code mode} (octal), {@code uid}, {@code gid}, {@code label}, {@code ro}. */
    @Override public String open(BlockDevice device, Map<String, String> options) throws FsException {
        Options given = new Options("tmpfs", options, OPTIONS);
        long bytes = given.bytes("size", DEFAULT_BYTES);
        long nodes = given.number("nodes", Math.max(16, bytes / BYTES_PER_NODE), 10);
        NewNode root = NewNode.folder((int) given.number("mode", 0755, 8) & 07777, (int) given.number("uid", 0, 10),
                (int) given.number("gid", 0, 10));
        UUID id = UUID.randomUUID();
        Volume volume = new Volume(id, options.getOrDefault("label", ""), bytes, nodes, given.flag("ro"), root, clock);
        synchronized (volumes) {
            register(new TmpFs(volume));
        }
        return id.toString();
    }

    private void register(TmpFs fileSystem) {
        String id = fileSystem.volume().id.toString();
        Dictionary<String, Object> properties = new Hashtable<>(Map.of(FileSystem.VOLUME, id, "service.pid", id, FileSystem.TYPE, "tmpfs"));
        volumes.put(id, new Open(fileSystem, context.registerService(FileSystem.class, fileSystem, properties)));
    }

    @Override public void close(String volume, boolean force) throws FsException {
        Open open;
        synchronized (volumes) {
            open = volumes.get(volume);
            if (open == null) {
                throw new Refused(Errno.ENODEV, "tmpfs volume " + volume);
            }
            if (!force && open.fileSystem.volume().held()) {
                throw new Refused(Errno.EBUSY, "tmpfs volume " + volume + ": files are open");
            }
            volumes.remove(volume);
        }
        open.service.unregister();
        open.fileSystem.volume().close();
    }

    @Override public State handOver() {
        synchronized (volumes) {
            handedOver = true;
            return new State(1, volumes.values().stream().map(o -> o.fileSystem.volume().raw()).toArray());
        }
    }

    @Override public void takeOver(State state) {
        if (state.version() != 1 || !(state.value() instanceof Object[] raw)) {
            throw new IllegalArgumentException("expected tmpfs volumes, version 1; found version " + state.version());
        }
        synchronized (volumes) {
            handedOver = false;
            for (Object volume : raw) {
                Volume taken = Volume.of((Object[]) volume, clock);
                if (!volumes.containsKey(taken.id.toString())) {
                    register(new TmpFs(taken));
                }
            }
        }
    }

    /** Memory that was handed over is the successor's. */
    @Deactivate
    void stop() {
        synchronized (volumes) {
            if (!handedOver) {
                volumes.values().forEach(o -> o.fileSystem.volume().close());
            }
            volumes.clear();
        }
    }
}
