package org.cloudos.config.schema;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.shell.Json;

/** A schema as JSON Schema, draft 2020-12, for editors that complete and check the files. */
public final class JsonSchema {
    private static final String DIALECT = "https://json-schema.org/draft/2020-12/schema";
    private static final String REFERENCE = "^\\$\\{(file|env):.+\\}$";

    private JsonSchema() { }

    /** As one JSON document. */
    public static String of(Schema schema) {
        Map<String, Object> sections = new LinkedHashMap<>();
        Map<String, Object> patterns = new LinkedHashMap<>();
        for (Section section : schema.sections()) {
            Object body = section(section);
            for (String name : section.name().equals(section.pid()) ? List.of(section.name()) : List.of(section.name(), section.pid())) {
                if (section.factory()) {
                    patterns.put("^" + name.replaceAll("([.\\\\$^|?*+(){}\\[\\]])", "\\\\$1") + "~.+$", body);
                } else {
                    sections.put(name, body);
                }
            }
        }
        Map<String, Object> root = new LinkedHashMap<>();
        root.put("$schema", DIALECT);
        root.put("title", "CloudOS configuration");
        root.put("type", "object");
        root.put("properties", sections);
        root.put("patternProperties", patterns);
        root.put("additionalProperties", false);
        root.put("$defs", Map.of("reference", Map.of("type", "string", "pattern", REFERENCE,
                "description", "a secret, read when it is used")));
        return new Json(root).toString();
    }

    private static Map<String, Object> section(Section section) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("title", section.title());
        if (!section.description().isEmpty()) {
            body.put("description", section.description());
        }
        body.put("type", List.of("object", "null"));
        Map<String, Object> names = new LinkedHashMap<>();
        for (Attribute attribute : section.attributes().values()) {
            Object form = attribute(attribute);
            names.put(attribute.name(), form);
            if (!attribute.id().equals(attribute.name())) {
                names.put(attribute.id(), form);
            }
        }
        // Nothing is "required": a value may come from another layer.
        body.put("properties", names);
        body.put("additionalProperties", false);
        return body;
    }

    private static Map<String, Object> attribute(Attribute attribute) {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("title", attribute.title());
        if (!attribute.description().isEmpty()) {
            form.put("description", attribute.description());
        }
        attribute.byDefault().ifPresent(value -> form.put("default", value instanceof Character c ? c.toString() : value));
        if (attribute.type() == Type.PASSWORD) {
            form.put("$ref", "#/$defs/reference");
            return form;
        }
        Map<String, Object> single = single(attribute);
        if (attribute.many()) {
            Map<String, Object> list = new LinkedHashMap<>();
            list.put("type", "array");
            list.put("items", orReference(single, attribute.type()));
            if (attribute.most() > 1 && attribute.most() < Integer.MAX_VALUE) {
                list.put("maxItems", attribute.most());
            }
            form.put("anyOf", List.of(list, orReference(single, attribute.type())));
        } else {
            form.putAll(orReference(single, attribute.type()));
        }
        return form;
    }

    private static Map<String, Object> orReference(Map<String, Object> single, Type type) {
        boolean text = type.json().equals("string") && !single.containsKey("enum") && !single.containsKey("maxLength");
        return text ? single : Map.of("anyOf", List.of(single, Map.of("$ref", "#/$defs/reference")));
    }

    private static Map<String, Object> single(Attribute attribute) {
        Map<String, Object> form = new LinkedHashMap<>();
        boolean text = attribute.type() == Type.STRING;
        // Files may give text without quotes: 2222 and true are text too where text is asked for.
        form.put("type", text ? List.of("string", "number", "boolean") : attribute.type().json());
        if (!attribute.options().isEmpty()) {
            form.remove("type");
            form.put("enum", attribute.options().keySet().stream().map(o -> value(attribute.type(), o)).toList());
        }
        if (attribute.type() == Type.CHARACTER) {
            form.put("minLength", 1);
            form.put("maxLength", 1);
        } else if (attribute.type() != Type.BOOLEAN) {
            bound(form, text ? "minLength" : "minimum", attribute.min());
            bound(form, text ? "maxLength" : "maximum", attribute.max());
        }
        return form;
    }

    private static Object value(Type type, String text) {
        try {
            return type.parse(text);
        } catch (IllegalArgumentException e) {
            return text;
        }
    }

    private static void bound(Map<String, Object> form, String word, String bound) {
        try {
            if (!bound.isEmpty()) {
                form.put(word, new BigDecimal(bound.strip()));
            }
        } catch (NumberFormatException e) {
            form.remove(word); // a bound that is no number binds nothing
        }
    }
}
