package org.cloudos.cli;

import java.util.Collection;
import org.cloudos.nearest.Nearest;

/** Asks for the name that the user may have meant. */
public final class NearestName {
    private NearestName() { }

    /** {@code " Did you mean 'x'?"}, or nothing. */
    public static String question(String typed, Collection<String> known) {
        return Nearest.of(typed, known).map(name -> " Did you mean '" + name + "'?").orElse("");
    }
}
