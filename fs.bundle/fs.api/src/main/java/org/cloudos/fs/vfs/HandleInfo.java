package org.cloudos.fs.vfs;

import java.util.Set;

/**
 * An open file.
 *
 * @param path    where it was opened; it may have been moved since
 * @param mount   id of the mount that it was opened through
 * @param volume  {@code FileSystem.VOLUME} of its volume
 * @param shares  numbers that share it, this one included (dup(2))
 * @param process that opened it
 */
public record HandleInfo(long handle, String path, long mount, String volume, long node, Set<OpenFlag> flags, long position, int shares,
        long process) { }
