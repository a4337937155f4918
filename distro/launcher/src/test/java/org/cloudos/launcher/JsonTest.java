package org.cloudos.launcher;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
    @Test
    void readsWhatTheStoreWrites() throws Exception {
        assertEquals(Map.of("a", 1L, "b", List.of("x", true), "c", Map.of("d", -7L)),
                Json.object(" {\"a\":1, \"b\" : [\"x\",true],\n\"c\":{\"d\":-7}} "));
    }

    @Test
    void anyTextSurvives() throws Exception {
        Random random = new Random(7);
        for (int i = 0; i < 2000; i++) {
            StringBuilder text = new StringBuilder();
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append((char) random.nextInt(random.nextBoolean() ? 128 : 0x10000));
            }
            assertEquals(text.toString(), Json.string(Json.object("{\"t\":" + Json.quote(text.toString()) + "}"), "t"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[]", "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1}x", "{\"a\":\"\\x\"}",
        "{\"a\":\"\\u12g4\"}", "{\"a\":\"\n\"}", "{\"a\":tru}", "{\"a\":99999999999999999999}", "{\"a\":-}", "{a:1}"})
    void malformedTextIsRefused(String text) {
        assertThrows(Json.Malformed.class, () -> Json.object(text));
    }

    @Test
    void everyTruncationIsRefused() {
        String whole = "{\"number\":12,\"entries\":[{\"s\":\"\\u0041\"},null,false]}";
        for (int end = 0; end < whole.length(); end++) {
            String cut = whole.substring(0, end);
            assertThrows(Json.Malformed.class, () -> Json.object(cut), cut);
        }
    }

    @Test
    void nestingIsBounded() {
        assertThrows(Json.Malformed.class, () -> Json.object("{\"a\":" + "[".repeat(100_000)));
    }

    @Test
    void messagesSayWhatWasExpected() {
        Json.Malformed e = assertThrows(Json.Malformed.class, () -> Json.object("{\"a\" 1}"));
        assertEquals("character 5: expected ':', found '1'", e.getMessage());
    }
}
