package org.cloudos.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.config.Constraint;
import org.junit.jupiter.api.Test;

class TraceSettingsTest {
    private record Proposed(Map<String, Object> values) implements Constraint.Proposal {
        @Override public Optional<Object> value(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    private static List<Constraint.Violation> check(String endpoint) {
        return new TraceSettings().check(new Proposed(Map.of("trace.endpoint", endpoint)));
    }

    @Test
    void aCollectorIsAUrl() {
        for (String right : List.of("", " ", "http://collector:4318", "https://c/otlp/", "${file:/run/secrets/collector}")) {
            assertEquals(List.of(), check(right), right);
        }
        assertEquals(List.of(), new TraceSettings().check(new Proposed(Map.of())));
        for (String wrong : List.of("collector", "gopher://x", "http://x y", "http:///v1")) {
            assertEquals(List.of(new Constraint.Violation(List.of("trace.endpoint"),
                    "expected the collector as a URL with http or https and a host, found " + wrong)), check(wrong));
        }
    }
}
