package org.cloudos.metrics.alert;

import java.time.Instant;
import java.util.Map;

/**
 * What a rule found.
 *
 * @param labels   of the series, sorted by name
 * @param since    when it entered the state
 * @param silenced whether a silence keeps it from being told
 */
public record Alert(String rule, Severity severity, State state, Map<String, String> labels, double value, Instant since,
        String summary, boolean silenced) {
    /** {@code PENDING}: the expression holds, not long enough yet. {@code RESOLVED}: it fired and holds no more. */
    public enum State { PENDING, FIRING, RESOLVED }
}
