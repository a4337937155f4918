package org.cloudos.units;

import java.time.Instant;
import java.util.Locale;

/**
 * A unit at one moment.
 *
 * @param name        with suffix
 * @param description from its file; the name when it has none
 * @param sub         the state in its type's own words: {@code running}, {@code exited}, {@code listening}, {@code auto-restart} ...
 * @param enabled     {@code enabled}, {@code disabled}, {@code static}, {@code masked}, {@code alias}, {@code generated}, or empty
 * @param since       when it entered {@code active}; null when it never did anything
 * @param pid         main process, 0 when there is none
 * @param result      {@code success}, or why it failed: {@code exit-code}, {@code signal}, {@code timeout}, {@code start-limit-hit} ...
 * @param restarts    automatic restarts since it was last started by somebody
 * @param memory      bytes in use by all its processes; -1 where that is not known
 * @param tasks       processes and threads; -1 where that is not known
 * @param warnings    how many keys of its files are not fully done here; {@link UnitDetails#findings} has them
 */
public record UnitStatus(String name, String description, Load load, Active active, String sub, String enabled, Instant since,
        long pid, String result, int restarts, long memory, long tasks, int warnings) {

    /** Whether its file could be read. */
    public enum Load {
        /** It has a file, and the file is good. */
        LOADED,
        /** No file. */
        NOT_FOUND,
        /** The file asks for something that can't be; {@link UnitDetails#findings} says what. */
        BAD_SETTING,
        /** The file can't be read. */
        ERROR,
        /** Made impossible to start. */
        MASKED;

        @Override public String toString() {
            return name().toLowerCase(Locale.ROOT).replace('_', '-');
        }
    }

    /** systemd's active states. */
    public enum Active {
        /** Stopped. */
        INACTIVE,
        /** On its way up, or waiting for its restart. */
        ACTIVATING,
        /** Up. */
        ACTIVE,
        /** Up, and reading its configuration again. */
        RELOADING,
        /** On its way down. */
        DEACTIVATING,
        /** Down because something went wrong. */
        FAILED;

        @Override public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** {@code ACTIVE} or {@code RELOADING}. */
        public boolean up() {
            return this == ACTIVE || this == RELOADING;
        }

        /** {@code INACTIVE} or {@code FAILED}. */
        public boolean down() {
            return this == INACTIVE || this == FAILED;
        }
    }
}
