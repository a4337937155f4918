package org.cloudos.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    private record Part(String name, long bytes, Duration stall, Instant at, Optional<String> note, List<Integer> ids) { }

    @Test
    void recordsAreObjectsInTheOrderOfTheirComponents() {
        Part part = new Part("a\"b\n", 1L << 40, Duration.ofNanos(1_500_000), Instant.ofEpochSecond(0), Optional.empty(), List.of(1, 2));
        assertEquals("{\"name\":\"a\\\"b\\n\",\"bytes\":1099511627776,\"stallMs\":1.5,\"at\":\"1970-01-01T00:00:00Z\","
                + "\"note\":null,\"ids\":[1,2]}", new Json(part).toString());
    }

    @Test
    void durationsAreExactMilliseconds() {
        assertEquals("5000", new Json(Duration.ofSeconds(5)).toString());
        assertEquals("0", new Json(Duration.ZERO).toString());
        assertEquals("0.000001", new Json(Duration.ofNanos(1)).toString());
        assertEquals("-1500", new Json(Duration.ofMillis(-1500)).toString());
    }

    @Test
    void listsHaveAnElementALine() {
        assertEquals("[1,\n2]", new Json(List.of(1, 2)).toString());
        assertEquals("[]", new Json(List.of()).toString());
    }

    @Test
    void controlCharactersAreWrittenOut() {
        String text = new Json("\u001b[31m\u0007\u2028\u202e\uD83D\uDE00").toString();
        assertTrue(text.chars().allMatch(c -> c >= ' ' && c < 127), text);
        assertEquals("\u001b[31m\u0007\u2028\u202e\uD83D\uDE00", Json.parse(text));
    }

    @Test
    void noNumberForWhatJsonHasNone() {
        assertEquals("[null,\nnull,\n1.5]", new Json(List.of(Double.NaN, Double.POSITIVE_INFINITY, 1.5)).toString());
    }

    @Test
    void whatLeadsBackIntoItselfEnds() {
        List<Object> self = new ArrayList<>();
        self.add(self);
        assertThrows(IllegalArgumentException.class, () -> new Json(self).toString());
    }

    @Test
    void readsWhatItWrites() {
        Map<String, Object> value = Map.of("a", List.of(1L, -2L, 2.5, "x\\y", true, Map.of()), "b", Map.of("c", ""));
        assertEquals(value, Json.parse(new Json(value).toString()));
        assertEquals(Arrays.asList(1L, null), Json.parse(" [ 1 , null ] "));
        assertEquals(Long.class, Json.parse("1").getClass());
        assertEquals(-1.5e3, Json.parse("-1.5E+3"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "{", "[1", "[1,]", "{\"a\"}", "{\"a\":1,}", "{\"a\":1,\"a\":2}", "nul", "01", "1.", "-", "+1",
        "\"a", "\"\\x\"", "\"\\u12g4\"", "\"\n\"", "1 2", "99999999999999999999", "'a'"})
    void refusesWhatIsNoJson(String text) {
        assertThrows(IllegalArgumentException.class, () -> Json.parse(text));
    }

    @Test
    void refusesDepth() {
        assertThrows(IllegalArgumentException.class, () -> Json.parse("[".repeat(100_000)));
    }

    /** Any text is either read or refused with the one exception. */
    @Test
    void fuzz() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "{}[]\",:\\u0123456789eE+-.truefalsn \t\n";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(40); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                Json.parse(text.toString());
            } catch (IllegalArgumentException expected) {
                assertTrue(expected.getMessage().startsWith("JSON: expected"), "seed " + seed + ": " + text);
            }
        }
    }
}
