package org.cloudos.metrics;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Whiteboard: a service of this type is asked for its metrics whenever somebody reads them, at least every 10 s. For
 * what is known elsewhere already (the length of a queue, a file of the kernel), so that nothing must be counted twice.
 */
@ConsumerType
public interface MetricSource {
    /**
     * Tells the values of now. Called by one thread at a time. It should take microseconds and must not wait: a source that
     * takes longer than 2 s is left out until it comes back. What throws is left out, counted and logged once.
     */
    void collect(Sink sink);

    /** Takes values. Those of a name must come with the same help and the same names of labels. */
    interface Sink {
        /**
         * The value of a counter.
         *
         * @param name   ends with {@code _total}
         * @param labels name, value, name, value ...
         * @throws IllegalArgumentException when a name is not allowed
         */
        void counter(String name, String help, double value, String... labels);

        /**
         * The value of a gauge.
         *
         * @param labels name, value, name, value ...
         * @throws IllegalArgumentException when a name is not allowed
         */
        void gauge(String name, String help, double value, String... labels);
    }
}
