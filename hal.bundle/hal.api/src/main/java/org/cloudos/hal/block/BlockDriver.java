package org.cloudos.hal.block;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes block devices when asked: of memory, of a file. A service with the property {@link #KIND}. Thread-safe. */
@ConsumerType
public interface BlockDriver {
    /** Service property: the kind of device, such as {@code ram}. */
    String KIND = "block.kind";

    /** The options that {@link #create} takes: name and what it means. */
    Map<String, String> options();

    /**
     * Makes a device; its {@link BlockDevice} is a service from then on, until {@link #remove}.
     *
     * @param name    unique on this system
     * @param options by name
     * @throws BlockException           when it can't be opened
     * @throws IllegalArgumentException when the name is taken, or an option is unknown, missing or wrong: says what was expected
     */
    void create(String name, Map<String, String> options) throws BlockException;

    /**
     * Ends a device made here: what is under way ends, later requests fail with {@link BlockStatus#GONE}.
     *
     * @return false when there is none of this name
     */
    boolean remove(String name);
}
