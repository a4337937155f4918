package org.cloudos.fs.vfs;

import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.cloudos.fs.Space;
import org.osgi.annotation.versioning.ProviderType;

/** What stands where. Changes need {@link Capability#SYS_ADMIN}: {@code EPERM}. */
@ProviderType
public interface Mounts {
    /** The namespace that is there from the start. */
    long FIRST = 1;

    /**
     * Mounts a volume: mount(2).
     *
     * @param source  name of a {@code BlockDevice}, the id of a volume that is open already, or anything for formats without device
     * @param path    a folder; what is in it is hidden meanwhile
     * @param type    name of a {@code FileSystemType}; empty: who recognises the device, or the volume that {@code source} names
     * @param options those of {@link MountFlag} by their names, the rest is the format's
     * @throws FsException {@code ENODEV} no such type or device, {@code EBUSY} mounted here already, {@code EINVAL}, and what the format refuses
     */
    MountInfo mount(Caller caller, String source, String path, String type, Map<String, String> options) throws FsException;

    /** Shows a folder or file in another place too. @param recursive with what is mounted in it */
    MountInfo bind(Caller caller, String from, String to, boolean recursive) throws FsException;

    /** Moves a mount to another place. {@code EINVAL}: no mount, or into itself. */
    void move(Caller caller, String from, String to) throws FsException;

    /** Sets the flags of the mount at a path anew. */
    MountInfo remount(Caller caller, String path, Map<String, String> options) throws FsException;

    MountInfo propagate(Caller caller, String path, Propagation propagation, boolean recursive) throws FsException;

    /**
     * Ends the topmost mount at a path. The last mount of a volume that was opened by {@link #mount} closes it.
     *
     * @param force even while files are open: they fail with {@code ENODEV} from then on; else {@code EBUSY}
     */
    void unmount(Caller caller, String path, boolean force) throws FsException;

    /** The mounts of a namespace, in the order of their making. */
    List<MountInfo> mounts(long namespace) throws FsException;

    /** A new namespace with the same mounts as another one; shared mounts stay in their groups. @return its number */
    long newNamespace(Caller caller, long from) throws FsException;

    /** Ends a namespace and its mounts. {@code EINVAL} for {@link #FIRST}. */
    void endNamespace(Caller caller, long namespace) throws FsException;

    List<Long> namespaces();

    /** Space of the volume that a path is on. */
    Space space(Caller caller, String path) throws FsException;

    /** The mount that a path is on. */
    MountInfo mountOf(Caller caller, long at, String path) throws FsException;

    /** All that was written anywhere is safe when this returns. */
    void syncAll() throws FsException;
}
