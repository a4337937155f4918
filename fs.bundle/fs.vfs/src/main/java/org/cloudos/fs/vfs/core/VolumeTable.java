package org.cloudos.fs.vfs.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;

/** The volumes that providers offer, and those that are mounted while their provider is away. Thread-safe. */
final class VolumeTable {
    private static final long PATIENCE_MS = 10_000;

    private final Map<String, Volume> volumes = new ConcurrentHashMap<>();
    private final PageBudget budget;
    /** Told of a volume that came back. */
    private final Consumer<Volume> back;

    VolumeTable(PageBudget budget, Consumer<Volume> back) {
        this.budget = budget;
        this.back = back;
    }

    PageBudget budget() {
        return budget;
    }

    /** The volume, made if it is not known. */
    Volume of(String id, String type) {
        return volumes.computeIfAbsent(id, i -> new Volume(i, type, budget));
    }

    void came(String id, String type, FileSystem service) {
        Volume volume = of(id, type);
        volume.attach(service);
        back.accept(volume);
        synchronized (this) {
            notifyAll();
        }
    }

    void went(String id) {
        Volume volume = volumes.get(id);
        if (volume != null) {
            volume.attach(null);
        }
    }

    /** One that nobody has mounted and nobody offers. */
    void forget(Volume volume) {
        if (!volume.isThere()) {
            volumes.remove(volume.id, volume);
        }
    }

    /** Waits a little for a volume that a format has just opened. */
    synchronized Volume await(String id) throws FsException {
        long end = System.nanoTime() + PATIENCE_MS * 1_000_000;
        while (true) {
            Volume volume = volumes.get(id);
            if (volume != null && volume.isThere()) {
                return volume;
            }
            long left = (end - System.nanoTime()) / 1_000_000;
            if (left <= 0) {
                throw new Refused(Errno.ENODEV, "volume " + id + ", which was opened but is no service after " + PATIENCE_MS / 1000 + " s");
            }
            try {
                wait(left);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new Refused(Errno.EINTR, "wait for volume " + id);
            }
        }
    }

    /** @param name an identity, or a label that only one volume has. @return null when there is none */
    Volume find(String name) {
        Volume volume = volumes.get(name);
        if (volume == null) {
            List<Volume> labelled = volumes.values().stream().filter(v -> v.isThere() && v.info().label().equals(name)).toList();
            volume = labelled.size() == 1 ? labelled.getFirst() : null;
        }
        return volume != null && volume.isThere() ? volume : null;
    }

    Volume known(String id) {
        return volumes.get(id);
    }

    Collection<Volume> all() {
        return volumes.values();
    }
}
