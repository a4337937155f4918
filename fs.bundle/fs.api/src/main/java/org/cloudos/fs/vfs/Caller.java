package org.cloudos.fs.vfs;

/**
 * A process as the VFS sees it.
 *
 * @param namespace of mounts, from {@link Mounts#namespaces}
 * @param root      open folder that {@code /} means (chroot(2)), or 0 for the namespace's own
 * @param folder    open folder that relative paths begin at, or 0 for the root
 * @param umask     bits that new files don't get
 * @param process   whose POSIX locks its locks are
 */
public record Caller(Credentials credentials, long namespace, long root, long folder, int umask, long process) {
    /** The system itself: all capabilities, in the first namespace. */
    public static final Caller SYSTEM = new Caller(Credentials.ROOT, Mounts.FIRST, 0, 0, 022, 0);

    /** Somebody in the first namespace. */
    public static Caller of(Credentials credentials) {
        return new Caller(credentials, Mounts.FIRST, 0, 0, 022, 0);
    }

    public Caller in(long openFolder) {
        return new Caller(credentials, namespace, root, openFolder, umask, process);
    }

    public Caller withRoot(long openFolder) {
        return new Caller(credentials, namespace, openFolder, 0, umask, process);
    }

    public Caller withUmask(int bits) {
        return new Caller(credentials, namespace, root, folder, bits & 0777, process);
    }

    public Caller withNamespace(long other) {
        return new Caller(credentials, other, 0, 0, umask, process);
    }

    public Caller withProcess(long id) {
        return new Caller(credentials, namespace, root, folder, umask, id);
    }
}
