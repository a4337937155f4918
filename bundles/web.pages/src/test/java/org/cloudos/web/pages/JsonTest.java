package org.cloudos.web.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JsonTest {
    private record Row(String name, Optional<Integer> number, Duration took) { }

    @Test void valuesAreJson() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("row", new Row("a", Optional.of(1), Duration.ofMillis(1500)));
        map.put("none", new Row(null, Optional.empty(), Duration.ZERO));
        map.put("numbers", List.of(1.0, 0.5, Double.NaN, Double.POSITIVE_INFINITY, 1e300, Long.MAX_VALUE, true));
        map.put("at", Instant.ofEpochMilli(7));
        map.put("raw", new Json.Raw("[1]"));
        assertEquals("{\"row\":{\"name\":\"a\",\"number\":1,\"took\":1500},\"none\":{\"name\":null,\"number\":null,\"took\":0},"
                + "\"numbers\":[1,0.5,null,null,1.0E300,9223372036854775807,true],\"at\":7,\"raw\":[1]}", Json.of(map));
    }

    @Test void textIsHarmlessInAPage() {
        assertEquals("\"\\u003cscript\\u003e\\u0026\\\"\\\\\\u000a\\u001b\\u2028\"", Json.of("<script>&\"\\\n\u001b\u2028"));
        assertEquals("\"\\ud800x\"", Json.of("\ud800x"));
        assertEquals("\"\ud83d\ude00\"", Json.of("\ud83d\ude00"));
        assertEquals("{\"\\u003cb\\u003e\":1}", Json.of(Map.of("<b>", 1)));
    }
}
