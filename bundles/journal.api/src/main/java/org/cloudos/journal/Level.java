package org.cloudos.journal;

import java.util.Locale;
import java.util.Optional;

/** How bad it is; later constants are worse. */
public enum Level {
    /** Each step. */
    TRACE,
    /** For whoever looks for a fault. */
    DEBUG,
    /** What begins and ends. */
    INFO,
    /** It works, but not as it should. */
    WARN,
    /** Something does not work. */
    ERROR;

    /** By name, whatever its case; {@code warning} and {@code err} too. */
    public static Optional<Level> of(String name) {
        return switch (name.toUpperCase(Locale.ROOT)) {
            case "TRACE" -> Optional.of(TRACE);
            case "DEBUG" -> Optional.of(DEBUG);
            case "INFO" -> Optional.of(INFO);
            case "WARN", "WARNING" -> Optional.of(WARN);
            case "ERROR", "ERR" -> Optional.of(ERROR);
            default -> Optional.empty();
        };
    }

    /** Of a syslog severity, RFC 5424 §6.2.1: 0 emergency to 7 debug. */
    public static Level ofSeverity(int severity) {
        return severity <= 3 ? ERROR : severity == 4 ? WARN : severity <= 6 ? INFO : DEBUG;
    }

    /** As a syslog severity: ERROR is 3, WARN 4, INFO 6, what is below 7. */
    public int severity() {
        return switch (this) {
            case ERROR -> 3;
            case WARN -> 4;
            case INFO -> 6;
            case DEBUG, TRACE -> 7;
        };
    }
}
