package org.cloudos.metrics.alert;

import java.time.Duration;

/**
 * When to alert.
 *
 * @param name       a word, {@code [A-Za-z_][A-Za-z0-9_]*}
 * @param expression as {@link org.cloudos.metrics.History} understands it; each series that it has is an alert
 * @param hold       how long it must hold without a pause before the alert fires
 * @param summary    one sentence; {@code {{value}}} and {@code {{label}}} are replaced
 * @param problem    why the rule can't be evaluated; empty when it can
 */
public record AlertRule(String name, String expression, Duration hold, Severity severity, String summary, String problem) { }
