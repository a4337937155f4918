package org.cloudos.units.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class SignalWordTest {
    @Test
    void namesAndNumbers() {
        assertEquals(1, SignalWord.number("HUP"));
        assertEquals(15, SignalWord.number("sigterm"));
        assertEquals(31, SignalWord.number("SYS"));
        assertEquals(40, SignalWord.number("40"));
        for (String wrong : List.of("", "SIG", "0", "65", "HUPP", "-1", "999")) {
            assertThrows(IllegalArgumentException.class, () -> SignalWord.number(wrong), wrong);
        }
    }
}
