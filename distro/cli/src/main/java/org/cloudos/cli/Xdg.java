package org.cloudos.cli;

import java.nio.file.Path;

/** The user's folders, by the XDG base directory specification. */
public final class Xdg {
    private Xdg() { }

    /** What can be made again. */
    public static Path cache() {
        return dir("XDG_CACHE_HOME", ".cache");
    }

    /** The user's keys and choices. */
    public static Path config() {
        return dir("XDG_CONFIG_HOME", ".config");
    }

    /** Data of hosted systems. */
    public static Path state() {
        return dir("XDG_STATE_HOME", ".local/state");
    }

    private static Path dir(String variable, String fallback) {
        String set = System.getenv(variable);
        Path base = set == null || !set.startsWith("/") ? Path.of(System.getProperty("user.home"), fallback) : Path.of(set);
        return base.resolve("cloudos");
    }
}
