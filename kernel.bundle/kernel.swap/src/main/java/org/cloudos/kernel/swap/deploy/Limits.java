package org.cloudos.kernel.swap.deploy;

import java.time.Duration;
import org.osgi.framework.BundleContext;

/**
 * How long others' code may take.
 *
 * @param patience a caller at a closed gate, before its call fails
 * @param step     one bundle's stop, its start, and the return of its services
 * @param state    one bundle's hand-over, or take-over, of its state
 */
record Limits(Duration patience, Duration step, Duration state) {
    /** Property with the seconds of a step; the others follow from it. */
    static final String STEP = "cloudos.swap.limit";
    private static final int STANDARD = 10;

    /** A step of 10 s unless the property says otherwise, half of it for the state, three times as long for callers. */
    static Limits of(BundleContext context) {
        int seconds = STANDARD;
        String value = context.getProperty(STEP);
        if (value != null) {
            try {
                seconds = Math.clamp(Long.parseLong(value.strip()), 1, 3600);
            } catch (NumberFormatException e) {
                System.getLogger(Limits.class.getName()).log(System.Logger.Level.WARNING,
                        STEP + ": expected seconds, found " + value);
            }
        }
        Duration step = Duration.ofSeconds(seconds);
        return new Limits(step.multipliedBy(3), step, step.dividedBy(2));
    }
}
