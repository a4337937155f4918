package org.cloudos.kernel.swap;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * A provider that hands its state to its successor when its bundle is swapped. Register it as a service of the
 * provider's bundle; at most one a bundle. A bundle without it is swapped by stop, update and start.
 */
@ConsumerType
public interface HandOver {
    /**
     * State in transit.
     *
     * @param version of the state's layout, from 1
     * @param value   of a type from an API bundle or the JDK, so that both providers see the same class
     */
    record State(int version, Object value) { }

    /** The state. Called on the old provider once no call runs in it and none will come. */
    State handOver();

    /**
     * Takes the state. Called on the new provider before its first call, and again on the old one when the swap
     * is taken back.
     *
     * @throws IllegalArgumentException when it can't take state of this version: the swap is taken back
     */
    void takeOver(State state);
}
