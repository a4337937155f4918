package org.cloudos.journal.logback;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.cloudos.config.Constraint;
import org.junit.jupiter.api.Test;

class LogSettingsTest {
    private record Proposed(Map<String, Object> values) implements Constraint.Proposal {
        @Override public Optional<Object> value(String key) {
            return Optional.ofNullable(values.get(key));
        }
    }

    private static List<String> check(Object level, Object levels) {
        return new LogSettings().check(new Proposed(Map.of("log.level", level, "log.levels", levels))).stream().map(Constraint.Violation::message).toList();
    }

    @Test
    void onlyLevelsThatThereAre() {
        assertEquals(List.of(), check("", List.of()));
        assertEquals(List.of(), check("warn", List.of("org.x=debug", "${env:LEVELS}")));
        assertEquals(List.of("level of ROOT: expected error, warn, info, debug or trace, found loud", "levels: expected NAME=LEVEL, found org.x",
                "level of a: expected error, warn, info, debug or trace, found b"), check("loud", List.of("org.x", "a=b")));
    }
}
