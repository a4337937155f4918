package org.cloudos.kernel.swap;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What one change did and what it cost.
 *
 * @param number      counts up from 1
 * @param kind        {@code deploy} or {@code rollback}
 * @param outcome     see {@link Outcome}
 * @param reason      why it was refused or taken back; empty when committed
 * @param stall       longest time that a caller waited in a gate
 * @param callsHeld   calls that waited and then went on
 * @param callsFailed calls that failed because of the change: refused by a gate, or with a linkage error
 * @param restarted   symbolic names of other bundles that had to restart, because their packages changed
 */
public record Change(long number, Instant at, String kind, List<Step> bundles, Outcome outcome, String reason,
        Duration stall, long callsHeld, long callsFailed, List<String> restarted) {

    /** {@code REFUSED}: nothing was touched. {@code TAKEN_BACK}: the old versions run again. */
    public enum Outcome { COMMITTED, TAKEN_BACK, REFUSED }

    /**
     * One bundle's part.
     *
     * @param from version before; empty when it was not installed
     * @param to   version after; empty when it is removed
     */
    public record Step(String symbolicName, String from, String to, String sha256) { }

    public Change {
        bundles = List.copyOf(bundles);
        restarted = List.copyOf(restarted);
    }
}
