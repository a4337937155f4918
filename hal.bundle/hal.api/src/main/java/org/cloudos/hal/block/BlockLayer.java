package org.cloudos.hal.block;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What stands between devices and those who use them: statistics, the order of requests, a cache, partitions. Thread-safe. All throw
 * {@link IllegalArgumentException} for a device that is not there.
 */
@ProviderType
public interface BlockLayer {
    /**
     * What a device has done since it came.
     *
     * @param policy    the name of its {@link IoPolicy}
     * @param cache     bytes that its cache may take, 0 for none
     * @param merged    requests that went with a neighbour
     * @param waiting   requests that wait or are under way
     * @param busyNanos time in which at least one was under way
     * @param waitNanos the sum of all requests' times from being asked to their end
     * @param hits      blocks that were read from the cache
     * @param dirty     bytes in the cache that are not on the device yet
     */
    record Statistics(String device, String policy, long cache, long reads, long readBytes, long writes, long writtenBytes, long flushes,
            long discards, long failed, long merged, long waiting, long busyNanos, long waitNanos, long hits, long dirty) { }

    /**
     * A part of a device.
     *
     * @param device its own device's name
     * @param first  block of the whole device
     * @param type   a GUID of GPT or two hexadecimal digits of MBR
     * @param id     its GUID, or empty
     */
    record Partition(String device, int number, long first, long blocks, String type, String id, String label) { }

    /**
     * @param kind     {@code gpt}, {@code mbr} or {@code none}
     * @param problems such as a damaged first header, for which the second stood in
     */
    record Partitions(String device, String kind, List<Partition> partitions, List<String> problems) { }

    /** All devices. */
    List<Statistics> statistics();

    /** Reads the partition table. @throws BlockException when the device can't be read */
    Partitions partitions(String device) throws BlockException;

    /** Chooses the order of a device's requests: {@code none} or the name of an {@link IoPolicy}. */
    void policy(String device, String policy);

    /** Gives a device a cache of so many bytes, or takes it away with 0: what it holds is written before. */
    void cache(String device, long bytes) throws BlockException;
}
