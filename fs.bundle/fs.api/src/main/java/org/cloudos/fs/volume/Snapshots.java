package org.cloudos.fs.volume;

import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.List;
import org.cloudos.fs.FsException;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Snapshots of open volumes. A volume is named by its {@link org.cloudos.fs.FileSystem#VOLUME}. Names are 1 to 255 bytes of UTF-8 without
 * {@code /}. All throw {@code ENODEV} when no such volume is open and {@code ENOENT} when there is no such snapshot.
 */
@ProviderType
public interface Snapshots {
    /** All of a volume, by number. The volume's own files are the first. */
    List<Snapshot> list(String volume) throws FsException;

    /** Keeps the files as they are now; O(1). All that was written before is in it and on the medium when this returns. {@code EEXIST} */
    Snapshot create(String volume, String name) throws FsException;

    /** A writable copy of a snapshot; O(1). {@code EEXIST} */
    Snapshot clone(String volume, String snapshot, String name) throws FsException;

    /** Forgets a snapshot or clone. Its space comes back bit by bit. {@code EBUSY} while it is open. */
    void delete(String volume, String name) throws FsException;

    /**
     * The volume's files become what they were in the snapshot; O(1). What they were before is kept under a name.
     *
     * @param keepAs the name, or null: what they were before is deleted
     * @throws FsException {@code EBUSY} while nodes other than the root are held
     */
    void rollback(String volume, String snapshot, String keepAs) throws FsException;

    /**
     * A snapshot, read-only, or a clone as a {@link org.cloudos.fs.FileSystem} of its own, until it is closed by
     * {@link org.cloudos.fs.FileSystemType#close}.
     *
     * @return the new service's {@link org.cloudos.fs.FileSystem#VOLUME}: the snapshot's identity
     */
    String open(String volume, String name) throws FsException;

    /**
     * Writes a snapshot as a stream (docs/cloudfs.md).
     *
     * @param since an earlier snapshot: only what differs is sent; or null: all
     */
    void send(String volume, String snapshot, String since, WritableByteChannel to, Progress progress) throws FsException;

    /**
     * Makes a snapshot from a stream. Nothing of it is there unless all of it came. {@code EUCLEAN} when the stream is damaged, {@code ENOENT}
     * when the snapshot that an incremental stream builds on is not here, {@code EEXIST}.
     *
     * @param name of the new snapshot, or null: as at the sender
     */
    Snapshot receive(String volume, ReadableByteChannel from, String name, Progress progress) throws FsException;
}
