package org.cloudos.fs.vfs;

import java.util.Set;

/**
 * A mount.
 *
 * @param parent    id of the mount that it stands in, 0 of a namespace's root
 * @param path      from the namespace's root
 * @param source    device, folder or volume that was named
 * @param root      path in the volume that is seen; other than {@code /} for bind mounts
 * @param peers     number of the group that a shared mount belongs to, else 0
 * @param available false while the volume's provider is away
 */
public record MountInfo(long id, long parent, long namespace, String path, String source, String type, String volume, String root,
        Set<MountFlag> flags, long peers, boolean available) { }
