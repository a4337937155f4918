package org.cloudos.hal.driver;

import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** A device that a driver drives. Thread-safe. */
@ConsumerType
public interface Attachment extends AutoCloseable {
    /** What it is, in the device's own words: model, firmware. */
    String description();

    /** The names of what it offers, such as {@code nvme0n1}. */
    String offers();

    /** {@code ok}, or what is wrong. */
    String condition();

    /** What it counted since it was attached, by name, in the order to be shown. */
    Map<String, Long> counters();

    /** Ends its services, lets requests end, stops the device and gives it back. */
    @Override void close();
}
