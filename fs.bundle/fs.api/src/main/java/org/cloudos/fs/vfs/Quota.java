package org.cloudos.fs.vfs;

import org.cloudos.fs.FsException;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Says no to growth. A whiteboard service; the VFS asks all of them before a file is made or grows, unless the caller has
 * {@link Capability#SYS_RESOURCE}. What a format keeps count of itself it refuses itself.
 */
@ConsumerType
public interface Quota {
    /**
     * @param bytes that a file's size is to grow by
     * @param nodes that are to be made
     * @throws FsException {@code EDQUOT}
     */
    void growing(String volume, int uid, int gid, long bytes, long nodes) throws FsException;
}
