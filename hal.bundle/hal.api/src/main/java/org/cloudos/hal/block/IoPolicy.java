package org.cloudos.hal.block;

import org.osgi.annotation.versioning.ConsumerType;

/** In which order a device's requests go to it: a scheduler, as a service with the property {@link #NAME}. Thread-safe. */
@ConsumerType
public interface IoPolicy {
    /** Service property: the policy's name, such as {@code deadline}. */
    String NAME = "block.policy";

    /** The name, as the service property has it. */
    String name();

    /** Requests of one device that wait; its user locks. */
    Order order();

    /** A request that waits. */
    interface Request {
        BlockQueue.Op op();

        long block();

        long count();

        /** When it came, as {@link System#nanoTime}. */
        long since();
    }

    /** Waiting requests of a device. One thread at a time. */
    interface Order {
        void add(Request request);

        /** The next to go; null when none waits. A flush goes when it is asked for: order between requests is its callers'. */
        Request next(long now);

        int size();
    }
}
