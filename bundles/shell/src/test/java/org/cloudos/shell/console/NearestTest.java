package org.cloudos.shell.console;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
    @Test
    void distances() {
        assertEquals(0, Nearest.distance("abc", "abc"));
        assertEquals(1, Nearest.distance("statsu", "status"));
        assertEquals(3, Nearest.distance("", "abc"));
        assertEquals(3, Nearest.distance("kitten", "sitting"));
    }

    @Test
    void theNearestFirstAndNothingFarOff() {
        assertEquals(List.of("status", "static"), Nearest.of("statsu", List.of("static", "log", "status", "memory")));
        assertEquals(List.of(), Nearest.of("xyz", List.of("status", "log")));
    }
}
