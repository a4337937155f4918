package org.cloudos.hal.net;

import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** Makes network devices when asked: of an interface of Linux, of nothing. A service with the property {@link #KIND}. Thread-safe. */
@ConsumerType
public interface NetDriver {
    /** Service property: the kind of device, such as {@code tap}. */
    String KIND = "net.kind";

    /** The options that {@link #create} takes: name and what it means. */
    Map<String, String> options();

    /**
     * Makes a device; its {@link NetDevice} is a service from then on, until {@link #remove}.
     *
     * @param name    unique on this system
     * @param options by name
     * @throws DeviceException          when it can't be made
     * @throws IllegalArgumentException when the name is taken, or an option is unknown, missing or wrong: says what was expected
     */
    void create(String name, Map<String, String> options) throws DeviceException;

    /** Ends a device made here. @return false when there is none of this name */
    boolean remove(String name);
}
