package org.cloudos.config;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * One change of the configuration.
 *
 * @param number      of the revision that it made
 * @param by          who asked for it
 * @param differences in the settings in force
 * @param pids        that were touched in Configuration Admin, in the order of their names
 * @param took        from the start of the change, or for a change of files from when it was seen, to applied
 * @param reason      why it went back, or what it was made for; may be empty
 */
public record Change(int number, Instant at, Kind kind, String by, Outcome outcome, List<Difference> differences,
        List<String> pids, Duration took, String reason) {
    /** What asked for it. */
    public enum Kind { BOOT, RELOAD, EDIT, TRIAL, ROLLBACK, RESTORE }

    /** What became of it. */
    public enum Outcome {
        /** It is in force, until the next one. */
        APPLIED,
        /** It is in force and goes back by itself unless it is confirmed. */
        ON_TRIAL,
        /** It went back: not confirmed in time, cancelled, bad health, or cut by power. */
        TAKEN_BACK
    }

    /**
     * One setting, before and after. References to secrets are not resolved.
     *
     * @param before null where it was not set and has no default
     * @param after  null where it is not set any more and has no default
     */
    public record Difference(String key, Object before, Object after) { }

    /**
     * How a change is to be made.
     *
     * @param trial goes back by itself after this time unless confirmed, and at once when health turns bad
     * @param by    who asks for it
     */
    public record Options(Kind kind, Optional<Duration> trial, String by, String reason) {
        /** At once and for good. */
        public static Options edit(String by) {
            return new Options(Kind.EDIT, Optional.empty(), by, "");
        }

        /** To be confirmed within this time. */
        public static Options trial(String by, Duration limit) {
            return new Options(Kind.TRIAL, Optional.of(limit), by, "");
        }
    }
}
