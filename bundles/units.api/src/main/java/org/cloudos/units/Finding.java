package org.cloudos.units;

import java.util.Locale;

/**
 * Something about a unit file that its author should know.
 *
 * @param file    path, or the unit's name where it is about the whole unit
 * @param line    from 1; 0 for all of it
 * @param key     such as {@code ProtectClock}; empty when it is about something else
 * @param message what was expected, what was found, what happens
 */
public record Finding(Severity severity, String file, int line, String key, String message) {
    /** How bad it is. */
    public enum Severity {
        /** The unit can't be started. */
        ERROR,
        /** A protection that the file asks for is not there. */
        UNPROTECTED,
        /** The line has no effect, or another one than elsewhere. */
        WARNING,
        /** Good to know. */
        INFO;

        @Override public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    @Override public String toString() {
        String where = line > 0 ? file + ":" + line : file;
        return where + ": " + (key.isEmpty() ? "" : key + "=: ") + message;
    }
}
