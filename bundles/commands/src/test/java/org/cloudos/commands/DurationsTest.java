package org.cloudos.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.cloudos.kernel.Boot;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {
    @ParameterizedTest
    @CsvSource({"500ms,500", "5,5000", "5s,5000", "1.5s,1500", "2min,120000", "2 m,120000", "1h,3600000", "0,0"})
    void asPeopleTypeThem(String text, long millis) {
        assertEquals(Duration.ofMillis(millis), Durations.parse("--trial", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "5 days", "1e3", "99999999999s"})
    void othersAreRefusedByName(String text) {
        String message = assertThrows(IllegalArgumentException.class, () -> Durations.parse("--trial", text)).getMessage();
        assertTrue(message.startsWith("--trial: expected"), message);
    }

    @Test
    void bootPhasesTakeTheTimeSinceTheOneBefore() {
        List<OsCommands.Step> steps = OsCommands.steps(List.of(
                new Boot.Phase("jvm", Duration.ofMillis(100)), new Boot.Phase("prompt", Duration.ofMillis(400))));
        assertEquals(Duration.ofMillis(300), steps.getLast().took());
        assertEquals(0.75, steps.getLast().share(), 1e-9);
        assertEquals(List.of(), OsCommands.steps(List.of()));
    }
}
