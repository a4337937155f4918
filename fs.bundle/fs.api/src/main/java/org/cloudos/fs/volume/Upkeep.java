package org.cloudos.fs.volume;

import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.osgi.annotation.versioning.ProviderType;

/** Care for open volumes, which go on in use meanwhile. A volume is named by its {@link org.cloudos.fs.FileSystem#VOLUME}; {@code ENODEV}. */
@ProviderType
public interface Upkeep {
    /**
     * @param checked    bytes read, both copies of metadata included
     * @param repaired   blocks that were written again from a good copy
     * @param lost       blocks without a good copy
     * @param lostPlaces such as {@code data of node 17 at 4096}, the first 1000
     */
    record Scrub(long checked, long repaired, long lost, List<String> lostPlaces) { }

    /** Reads everything against its checksums and repairs what has a good copy. */
    Scrub scrub(String volume, Progress progress) throws FsException;

    /** Grows or shrinks the volume to so many bytes, at most the device's; {@code ENOSPC} when more are in use, {@code EINVAL}. */
    void resize(String volume, long bytes, Progress progress) throws FsException;

    /** Writes a file's pieces, or those of all files in a folder, in longer ones. @return pieces before and after */
    long[] defragment(String volume, long node, Progress progress) throws FsException;

    /** Tells the device what is free. @return bytes told */
    long trim(String volume, Progress progress) throws FsException;

    /** The codec of what is written from now on to a file, or to new files in a folder: {@code none}, {@code lz4}, {@code zstd}, {@code inherit}. */
    void compression(String volume, long node, String codec) throws FsException;

    /**
     * A limit for all that a folder holds.
     *
     * @param bytes    at most, 0 for no limit; {@code nodes} likewise. Both 0 end the quota.
     */
    void quota(String volume, long folder, long bytes, long nodes) throws FsException;

    /** @param folder its node; bytes and nodes in use, and their limits, 0 for none */
    record Quota(long folder, long usedBytes, long bytes, long usedNodes, long nodes) { }

    List<Quota> quotas(String volume) throws FsException;

    /** Counters by name, such as {@code commits}, {@code log.flushes}, {@code cache.bytes}, {@code dirty.bytes}. */
    Map<String, Long> statistics(String volume) throws FsException;
}
