package org.cloudos.fs.vfs;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Hears what others change on a volume. A whiteboard service: who calls a {@code FileSystem} directly, such as a FUSE server, registers
 * one and tells all others of what it changes, so that what they keep in memory stays true. The VFS does both. Thread-safe and fast.
 */
@ConsumerType
public interface ChangeListener {
    /** Service property: who this is, so that one does not tell oneself. */
    String NAME = "fs.listener";

    /** An entry of a folder was made, removed or moved. */
    void entryChanged(String volume, long folder, String name);

    /** Contents or attributes of a node changed. */
    void nodeChanged(String volume, long node, boolean contents);
}
