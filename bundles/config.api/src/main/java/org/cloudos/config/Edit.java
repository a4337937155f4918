package org.cloudos.config;

import java.util.List;

/** A step of a change of the configuration's files. */
public sealed interface Edit {
    /** The file that commands write when none is named. */
    String MACHINE = "machine.yaml";

    /** Below the configuration folder: {@code machine.yaml} or {@code conf.d/NAME.yaml}. */
    String file();

    /**
     * Gives a key a value. The rest of the file, comments too, stays as it is.
     *
     * @param value as YAML writes it: {@code 2222}, {@code true}, {@code [a, b]}, {@code some text}
     */
    record Set(String file, String key, String value) implements Edit { }

    /** Takes a key away, so that a lower layer or the default has it. */
    record Unset(String file, String key) implements Edit { }

    /**
     * Replaces a whole file.
     *
     * @param text null removes it
     */
    record Text(String file, String text) implements Edit { }

    /** A change of one key in the machine's file. */
    static List<Edit> set(String key, String value) {
        return List.of(new Set(MACHINE, key, value));
    }
}
