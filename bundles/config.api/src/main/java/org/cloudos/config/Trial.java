package org.cloudos.config;

import java.time.Instant;

/**
 * A change that is on trial.
 *
 * @param deadline when it goes back unless it is confirmed
 */
public record Trial(int number, Instant deadline, String by) { }
