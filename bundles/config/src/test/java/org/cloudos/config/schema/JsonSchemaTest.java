package org.cloudos.config.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.cloudos.config.layers.Sections;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;

class JsonSchemaTest {
    private static Object at(Object json, String... path) {
        Object at = json;
        for (String step : path) {
            at = ((Map<?, ?>) at).get(step);
        }
        return at;
    }

    @Test
    void saysWhatTheSchemaSays() {
        Object json = Json.parse(JsonSchema.of(Sections.schema()));
        assertEquals("https://json-schema.org/draft/2020-12/schema", at(json, "$schema"));
        assertEquals(false, at(json, "additionalProperties"));
        Object port = at(json, "properties", "ssh", "properties", "port");
        assertEquals(2222L, at(port, "default"));
        assertEquals(Map.of("type", "integer", "minimum", 0L, "maximum", 65535L), ((List<?>) at(port, "anyOf")).getFirst());
        assertEquals(at(json, "properties", "ssh"), at(json, "properties", "org.cloudos.ssh"));
        assertEquals("#/$defs/reference", at(json, "properties", "ssh", "properties", "token", "$ref"));
        assertEquals(List.of("fast", "safe"), at(((List<?>) at(json, "properties", "http", "properties", "mode", "anyOf")).getFirst(), "enum"));
        assertTrue(((Map<?, ?>) at(json, "patternProperties")).containsKey("^timer~.+$"));
    }
}
