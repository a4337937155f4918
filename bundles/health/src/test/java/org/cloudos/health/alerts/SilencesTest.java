package org.cloudos.health.alerts;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.Severity;
import org.cloudos.metrics.alert.Silence;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilencesTest {
    @TempDir Path folder;
    private Instant now = Instant.ofEpochSecond(1000);

    private Silences open() {
        return new Silences(folder.resolve("health/silences.json"), () -> now);
    }

    private static Alert alert(String rule, Map<String, String> labels) {
        return new Alert(rule, Severity.INFO, Alert.State.FIRING, new TreeMap<>(labels), 1, Instant.EPOCH, "", false);
    }

    @Test void theyMatchEndAndAreKept() {
        Silence one = open().add("Hot", Map.of("room", "at\"tic\n"), Duration.ofHours(1), "moving");
        Silences silences = open();
        assertEquals(List.of(one), silences.list());
        assertTrue(silences.silenced(alert("Hot", Map.of("room", "at\"tic\n", "x", "y"))));
        assertFalse(silences.silenced(alert("Hot", Map.of("room", "cellar"))));
        assertFalse(silences.silenced(alert("Cold", Map.of("room", "at\"tic\n"))));
        silences.add("", Map.of(), Duration.ofMinutes(1), "");
        assertTrue(silences.silenced(alert("Cold", Map.of())));
        now = now.plusSeconds(60);
        assertFalse(silences.silenced(alert("Cold", Map.of())));
        assertTrue(silences.remove(one.id()));
        assertFalse(silences.remove(one.id()));
        assertEquals(List.of(), open().list());
    }

    @Test void durationsAndNumbersAreBounded() {
        Silences silences = open();
        assertThrows(IllegalArgumentException.class, () -> silences.add("", Map.of(), Duration.ZERO, ""));
        assertThrows(IllegalArgumentException.class, () -> silences.add("", Map.of(), Duration.ofDays(366), ""));
        for (int i = 0; i < 200; i++) {
            silences.add("", Map.of("i", "" + i), Duration.ofDays(1), "");
        }
        assertThrows(IllegalArgumentException.class, () -> silences.add("", Map.of(), Duration.ofDays(1), ""));
    }

    @Test void aDamagedFileSilencesNothing() throws IOException {
        Files.createDirectories(folder.resolve("health"));
        for (String text : List.of("", "{", "[1]", "[{}]", "{\"a\":1}", "[{\"id\":1,\"rule\":\"\",\"labels\":{},\"until\":\"never\",\"comment\":\"\"}]",
                "[{\"id\":99999999999,\"rule\":\"\",\"labels\":{},\"until\":\"2999-01-01T00:00:00Z\",\"comment\":\"\"}]", "\u0000")) {
            Files.writeString(folder.resolve("health/silences.json"), text);
            assertEquals(List.of(), open().list(), text);
            assertTrue(Files.exists(folder.resolve("health/silences.json.damaged")), "it is kept to be looked at");
        }
    }
}
