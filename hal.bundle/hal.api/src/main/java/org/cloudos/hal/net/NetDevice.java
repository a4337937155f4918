package org.cloudos.hal.net;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** A device that sends and receives Ethernet frames. Registered as a service with the property {@link #NAME}. */
@ConsumerType
public interface NetDevice {
    /** Service property: the device's name, unique on this system, such as {@code eth0}. */
    String NAME = "net.name";

    /** The name, as the service property has it. */
    String name();

    /** What it can do. */
    NetAbilities abilities();

    /** Whether frames pass, and how fast. */
    LinkState link();

    /** Frames, bytes, drops and errors since it was attached. */
    NetCounters counters();

    /**
     * Which frames it lets in besides those to itself and to all: multicast groups, 48 bits each in the low bytes. More than its filter holds
     * opens it for all groups.
     */
    void multicast(long[] groups) throws DeviceException;

    /** Lets all frames in, whoever they are for. */
    void promiscuous(boolean on) throws DeviceException;

    /**
     * A pair of rings to receive and send.
     *
     * @param number from 0 below {@link NetAbilities#queues}; each can be open once
     * @throws DeviceException {@code BUSY}, {@code GONE}
     */
    NetQueue open(int number) throws DeviceException;
}
