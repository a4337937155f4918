package org.cloudos.fs.volume;

import java.util.List;
import java.util.Map;
import org.cloudos.fs.FsException;
import org.cloudos.hal.block.BlockDevice;
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

    /** Reads everything against its checksums and repairs what has a good copy. A mirror's device that is behind has all afterwards. */
    Scrub scrub(String volume, Progress progress) throws FsException;

    /**
     * A device of a volume.
     *
     * @param number of its place, from 1
     * @param device its name, empty where it is missing
     * @param since  when the volume began to be as it is, degraded or not, in nanoseconds since the epoch; 0 for ever
     */
    record Member(int number, String device, State state, long since) {
        /** What it is to the volume. */
        public enum State {
            /** Has all. */
            IN_STEP,
            /** Takes all writes, and lacks older blocks until {@link Upkeep#resync}. */
            BEHIND,
            /** Failed since the volume was opened; it takes nothing. */
            LEFT_OUT,
            /** Not here. */
            MISSING
        }
    }

    /** The devices of a volume, by number. All {@link Member.State#IN_STEP}: it is well. */
    List<Member> members(String volume) throws FsException;

    /**
     * A device comes to a mirror that lacks one, or makes a volume of one device a mirror. It takes all writes when this returns, and has all
     * after {@link #resync}. {@code EINVAL} when it was written without the others, {@code EEXIST} when it holds another volume, {@code ENOSPC} when it
     * is too small.
     *
     * @param instead the name or number of a device that leaves for it; or null
     * @param force   gives up what stands on it
     */
    void attach(String volume, BlockDevice device, String instead, boolean force) throws FsException;

    /** A mirror goes on without a device, by its name or number. {@code EBUSY} for the last one that has all, {@code ENODEV}. */
    void detach(String volume, String device) throws FsException;

    /** Brings a device that is behind to have all. {@code EINVAL} when none is, {@code EIO} when it failed meanwhile. */
    Scrub resync(String volume, Progress progress) throws FsException;

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
