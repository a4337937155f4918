package org.cloudos.fs.cloudfs;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import java.util.UUID;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Entry;
import org.cloudos.fs.cloudfs.mount.Entropy;
import org.cloudos.fs.cloudfs.mount.OpenVolume;
import org.cloudos.fs.cloudfs.snapshot.Receiving;
import org.cloudos.fs.cloudfs.snapshot.Sending;
import org.cloudos.fs.volume.Progress;
import org.cloudos.fs.volume.Snapshot;
import org.cloudos.fs.volume.Snapshots;

/** Snapshots of open volumes. */
final class CloudSnapshots implements Snapshots {
    private final OpenVolumes volumes;
    private final Entropy entropy = Entropy.secure();

    CloudSnapshots(OpenVolumes volumes) {
        this.volumes = volumes;
    }

    private OpenVolume find(String volume) throws FsException {
        return volumes.find(volume).volume();
    }

    private static Snapshot of(Entry e) {
        UUID origin = e.origin().equals(Entry.NO_ORIGIN) ? null : e.origin();
        return new Snapshot(e.number(), e.name(), e.parent(), e.identity(), origin, e.writable(), e.created());
    }

    /** What a service's name means: the volume's own files, or a clone that is open. */
    private static long number(OpenVolume volume, String view) {
        return volume.views().get(UUID.fromString(view)).subvolume().number();
    }

    @Override public List<Snapshot> list(String volume) throws FsException {
        return find(volume).catalog().list().stream().map(CloudSnapshots::of).toList();
    }

    @Override public Snapshot create(String volume, String name) throws FsException {
        OpenVolume open = find(volume);
        return of(open.catalog().snapshot(number(open, volume), name, entropy.uuid()));
    }

    @Override public Snapshot clone(String volume, String snapshot, String name) throws FsException {
        return of(find(volume).catalog().clone(snapshot, name, entropy.uuid()));
    }

    @Override public void delete(String volume, String name) throws FsException {
        OpenVolume open = find(volume);
        open.catalog().delete(name);
        open.wake();
    }

    @Override public void rollback(String volume, String snapshot, String keepAs) throws FsException {
        OpenVolume open = find(volume);
        open.catalog().rollback(open.head().subvolume(), snapshot, keepAs, entropy.uuid());
        open.wake();
    }

    @Override public String open(String volume, String name) throws FsException {
        OpenVolume open = find(volume);
        UUID view = open.open(open.catalog().find(name).number());
        volumes.offer(open, view);
        return view.toString();
    }

    @Override public void send(String volume, String snapshot, String since, WritableByteChannel to, Progress progress) throws FsException {
        OpenVolume open = find(volume);
        new Sending(open.volume(), open.catalog(), open.contents().reader()).send(snapshot, since, to, progress);
    }

    @Override public Snapshot receive(String volume, ReadableByteChannel from, String name, Progress progress) throws FsException {
        OpenVolume open = find(volume);
        return of(new Receiving(open.volume(), open.catalog(), open.contents(), entropy.uuid()).receive(from, name, progress));
    }
}
