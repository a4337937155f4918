package org.cloudos.test.system;

import java.time.Duration;

/** Generous: a slow machine is no failure, a hang is. */
final class Limits {
    static final Duration START = Duration.ofMinutes(10);
    static final Duration COMMAND = Duration.ofMinutes(5);

    private Limits() { }
}
