package org.cloudos.cli.bench;

import java.io.IOException;
import java.util.List;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.Console;

/** One benchmark: ours against a peer in the same run. */
public interface Bench {
    /**
     * One line of the result.
     *
     * @param what    is measured
     * @param ours    in {@code unit}
     * @param peer    in {@code unit}; NaN where there is no peer and the limit is absolute
     * @param limit   what is to be reached: of ours / peer where there is a peer, else of ours; NaN for no bound
     * @param atLeast whether more is better
     */
    record Measure(String what, double ours, double peer, String unit, double limit, boolean atLeast) {
        /** A figure with no bound, for the picture. */
        static Measure told(String what, double ours, String unit) {
            return new Measure(what, ours, Double.NaN, unit, Double.NaN, false);
        }

        /** Ours against the peer. */
        public double ratio() {
            return ours / peer;
        }

        /** Whether the limit is reached. */
        public boolean reached() {
            double value = Double.isNaN(peer) ? ours : ratio();
            return Double.isNaN(limit) || (atLeast ? value >= limit : value <= limit);
        }
    }

    /** As {@code ./cloudos bench NAME} has it. */
    String name();

    /** What it measures and against which peer, in one line. */
    String about();

    /**
     * Runs it; says on the console what it is doing.
     *
     * @throws IOException when it broke, and found nothing
     */
    List<Measure> run(Checkout checkout, Console console) throws IOException, InterruptedException;
}
