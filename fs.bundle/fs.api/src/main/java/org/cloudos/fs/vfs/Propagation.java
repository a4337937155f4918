package org.cloudos.fs.vfs;

/** Where mounts under a mount are seen: mount_namespaces(7). */
public enum Propagation {
    /** Nowhere else. */
    PRIVATE,
    /** In all mounts of its group: its copies by bind and in other namespaces. */
    SHARED,
    /** Nowhere else, and it can't be bound. */
    UNBINDABLE
}
