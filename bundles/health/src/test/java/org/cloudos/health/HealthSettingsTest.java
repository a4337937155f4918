package org.cloudos.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cloudos.config.Constraint;
import org.cloudos.metrics.ExpressionException;
import org.cloudos.metrics.History;
import org.cloudos.metrics.query.Parser;
import org.junit.jupiter.api.Test;

class HealthSettingsTest {
    private record Proposed(Map<String, Object> values) implements Constraint.Proposal {
        @Override public Optional<Object> value(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    /** Checks as the real one does. */
    private static final class Checking implements History {
        @Override public List<Reading> now(String expression) {
            throw new AssertionError("only checked");
        }

        @Override public List<Graph> range(String expression, Instant from, Instant to, Duration step) {
            throw new AssertionError("only checked");
        }

        @Override public void check(String expression) throws ExpressionException {
            Parser.parse(expression);
        }

        @Override public Extent extent() {
            throw new AssertionError("only checked");
        }
    }

    private static List<Constraint.Violation> check(Map<String, Object> values) {
        return new HealthSettings(new Checking()).check(new Proposed(new TreeMap<>(values)));
    }

    @Test
    void whatCanWorkIsTaken() {
        assertEquals(List.of(), check(Map.of()));
        assertEquals(List.of(), check(Map.of("health.webhook", "http://alerts:9093/hook", "health.rule~a.name", "Hot", "health.rule~a.expression",
                "rate(x_total[5m]) > 1", "health.rule~a.hold", 5, "health.rule~b.name", "Off", "health.rule~b.expression", "",
                "metrics.interval", 5)));
        assertEquals(List.of(), check(Map.of("health.webhook", "${file:/run/secrets/hook}", "health.rule~a.expression", "${env:RULE}")));
    }

    @Test
    void whatNeverCouldIsRefused() {
        assertEquals(List.of(new Constraint.Violation(List.of("health.webhook"),
                "expected the webhook as a URL with http or https and a host, found nonsense")), check(Map.of("health.webhook", "nonsense")));
        assertEquals(List.of(new Constraint.Violation(List.of("health.rule~a.expression"), "expected \"]\", found the end (at character 12)")),
                check(Map.of("health.rule~a.expression", "rate(x_t[5m")));
        assertEquals(List.of(new Constraint.Violation(List.of("health.rule~a.name"), "expected a name of letters, digits and _, found \"a b\"")),
                check(Map.of("health.rule~a.name", "a b")));
    }
}
