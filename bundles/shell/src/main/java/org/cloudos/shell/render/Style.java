package org.cloudos.shell.render;

/** Colours by SGR sequences (ECMA-48 §8.3.117); plain text where the terminal has none. */
enum Style {
    PLAIN(""), BOLD("1"), DIM("2"), GOOD("32"), CARE("33"), BAD("31");

    private final String sgr;

    Style(String sgr) {
        this.sgr = sgr;
    }

    String on(String text, boolean colours) {
        return !colours || sgr.isEmpty() || text.isBlank() ? text : "\033[" + sgr + "m" + text + "\033[0m";
    }

    /** The colour of a state by its name, whoever's enum it is. */
    static Style of(Object state) {
        if (!(state instanceof Enum<?> constant)) {
            return PLAIN;
        }
        return switch (constant.name()) {
            case "ACTIVE", "OK", "UP", "COMMITTED", "READY" -> GOOD;
            case "STARTING", "STOPPING", "WAITING", "WARN", "BACKOFF", "TAKEN_BACK", "INSTALLED", "DEGRADED" -> CARE;
            case "FAILED", "CRITICAL", "ERROR", "DOWN", "REFUSED", "UNINSTALLED" -> BAD;
            case "STOPPED", "UNKNOWN", "DEBUG", "TRACE", "RESOLVED" -> DIM;
            default -> PLAIN;
        };
    }
}
