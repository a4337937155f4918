package org.cloudos.fs.vfs.core;

/** A set of mounts that a caller sees. */
final class Namespace {
    final long id;
    /** Null until something is mounted. */
    volatile Mount root;

    Namespace(long id) {
        this.id = id;
    }
}
