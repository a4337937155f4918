package org.cloudos.metrics.alert;

import java.time.Instant;
import java.util.Map;

/**
 * Keeps alerts from being told. They are listed all the same.
 *
 * @param rule   name of a rule; empty for all
 * @param labels that an alert must have, with these values
 * @param until  its end
 */
public record Silence(int id, String rule, Map<String, String> labels, Instant until, String comment) { }
