package org.cloudos.fs.vfs.core;

import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FileSystemType;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.ChangeListener;
import org.cloudos.fs.vfs.Quota;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.hal.block.BlockDevice;
import org.cloudos.kernel.swap.HandOver;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The VFS as a service: it follows the formats, volumes and devices that come and go, and is handed over with all that is open. */
@Component(service = {Vfs.class, ChangeListener.class, HandOver.class}, property = ChangeListener.NAME + "=vfs")
@Designate(ocd = VfsService.Settings.class)
public final class VfsService extends Facade implements ChangeListener, HandOver {
    private static final long OLD = 5_000_000_000L, TICK_MS = 1000;
    private static final String NOT_OWN = "(!(" + ChangeListener.NAME + "=vfs))";

    /** What can be set. */
    @ObjectClassDefinition(name = "Files")
    public @interface Settings {
        @AttributeDefinition(name = "Mounts", description = "Lines: source path type options")
        String[] mounts() default {"none / tmpfs label=root", "none /tmp tmpfs mode=1777,label=tmp", "none /system system nocache"};

        @AttributeDefinition(name = "Page cache", description = "Bytes of file contents that are kept in memory at most")
        long cache_bytes() default 64L << 20;
    }

    private final Logger log;
    private final FixedMounts fixed;
    private final Thread writer;
    /** What both versions of a swap write their state into, so that the old one gets what was opened meanwhile when it comes back. */
    private volatile AtomicReference<Object[]> shared;
    private volatile boolean handedOver;

    /** Nothing is mounted before the first call. */
    @Activate
    public VfsService(Settings settings, @Reference(service = LoggerFactory.class) Logger log) {
        super(settings.cache_bytes());
        this.log = log;
        fixed = new FixedMounts(settings.mounts(), log);
        writer = Thread.ofVirtual().name("write-back").start(this::writeBack);
    }

    @Override void ready() {
        if (fixed.isDue() && !Thread.holdsLock(fixed)) {
            fixed.make(this);
        }
    }

    private void writeBack() {
        try {
            while (true) {
                Thread.sleep(TICK_MS);
                flush(OLD);
            }
        } catch (InterruptedException e) {
            return;
        }
    }

    private void flush(long age) {
        for (Volume volume : core.volumes.all()) {
            try {
                if (volume.pages() != null && volume.isThere()) {
                    volume.pages().flushAll(age);
                }
            } catch (FsException e) {
                log.error("write-back to volume {}: {}", volume.id, e.getMessage());
            }
        }
    }

    // ---- what comes and goes

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addType(FileSystemType type) {
        mounts.types.put(type.name(), type);
        fixed.again();
    }

    void removeType(FileSystemType type) {
        mounts.types.values().remove(type);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addVolume(FileSystem volume, Map<String, Object> properties) {
        core.volumes.came(id(properties), String.valueOf(properties.get(FileSystem.TYPE)), volume);
        fixed.again();
    }

    void removeVolume(Map<String, Object> properties) {
        core.volumes.went(id(properties));
    }

    private static String id(Map<String, Object> properties) {
        return String.valueOf(properties.get(FileSystem.VOLUME));
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addDevice(BlockDevice device, Map<String, Object> properties) {
        mounts.devices.put(String.valueOf(properties.get(BlockDevice.NAME)), device);
        fixed.again();
    }

    void removeDevice(BlockDevice device) {
        mounts.devices.values().remove(device);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC, target = NOT_OWN)
    void addListener(ChangeListener listener) {
        core.listeners.add(listener);
    }

    void removeListener(ChangeListener listener) {
        core.listeners.remove(listener);
    }

    @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void addQuota(Quota quota) {
        core.quotas.add(quota);
    }

    void removeQuota(Quota quota) {
        core.quotas.remove(quota);
    }

    @Override public void entryChanged(String volume, long folder, String name) {
        Volume changed = core.volumes.known(volume);
        if (changed != null) {
            changed.entryChanged(folder, name);
            core.watches.tell(changed, folder, org.cloudos.fs.vfs.WatchEvent.Kind.CREATED, name, false, 0);
        }
    }

    @Override public void nodeChanged(String volume, long node, boolean contents) {
        Volume changed = core.volumes.known(volume);
        if (changed != null) {
            changed.nodeChanged(node, contents);
        }
    }

    // ---- swap

    @Override public State handOver() {
        flush(0);
        handedOver = true;
        shared = new AtomicReference<>(Transfer.of(core, mounts, fixed));
        return new State(Transfer.VERSION, shared);
    }

    @SuppressWarnings("unchecked")
    @Override public void takeOver(State state) {
        if (state.version() != Transfer.VERSION || !(state.value() instanceof AtomicReference<?> value)) {
            throw new IllegalArgumentException("expected open files and mounts, version " + Transfer.VERSION + "; found version " + state.version());
        }
        shared = (AtomicReference<Object[]>) value;
        handedOver = false;
        Transfer.into(shared.get(), core, mounts, fixed);
    }

    /** What was handed over is the successor's; what was taken over goes back with what became of it, if it does go back. */
    @Deactivate
    void stop() {
        writer.interrupt();
        flush(0);
        if (handedOver) {
            return;
        }
        if (shared != null) {
            shared.set(Transfer.of(core, mounts, fixed));
        } else {
            mounts.closeAll();
        }
    }
}
