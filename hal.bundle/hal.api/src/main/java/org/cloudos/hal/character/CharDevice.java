package org.cloudos.hal.character;

import java.lang.foreign.MemorySegment;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** A device of bytes. Registered as a service with the property {@link #NAME}. Thread-safe. */
@ConsumerType
public interface CharDevice {
    /** Service property: the device's name, unique on this system, such as {@code ttyS1}. */
    String NAME = "char.name";

    /** What it counted. */
    record Counters(long read, long written, long lost, long errors) { }

    /** The name, as the service property has it. */
    String name();

    /** What it is, in words. */
    String description();

    /**
     * Reads what is there, at least one byte: waits for it.
     *
     * @param into any memory, over 0 bytes
     * @return bytes read; 0 at the end, from a device that has one or is none to read from
     * @throws DeviceException {@code GONE} it was taken away, while waiting too
     */
    int read(MemorySegment into) throws DeviceException, InterruptedException;

    /** How many bytes {@link #read} would give without waiting; 0 may be a device that does not know. */
    int available();

    /**
     * Writes all of it; waits until the device took it.
     *
     * @throws DeviceException {@code GONE}; {@code ABSENT} a device that is none to write to
     */
    void write(MemorySegment from) throws DeviceException, InterruptedException;

    /** Bytes since it was attached. */
    Counters counters();
}
