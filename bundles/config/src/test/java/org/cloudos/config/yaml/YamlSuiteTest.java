package org.cloudos.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The yaml-test-suite (github.com/yaml/yaml-test-suite, branch data), where somebody has unpacked it:
 * {@code -Dyaml.test.suite=FOLDER}. What is read must mean what the suite says, and nothing may be read wrongly.
 */
@EnabledIfSystemProperty(named = "yaml.test.suite", matches = ".+")
class YamlSuiteTest {
    /** Where SnakeYAML reads something else: question marks and colons at odd places, blanks at the end of a text, the tag "!". */
    private static final List<String> KNOWN = List.of("652Z", "HM87/01", "JEF9/02", "L24T/01", "S4JQ", "Y2GN");
    private final Map<String, List<String>> outcomes = new TreeMap<>();

    @Test
    void readsRightlyOrRefuses() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of(System.getProperty("yaml.test.suite")))) {
            for (Path in : files.filter(f -> f.getFileName().toString().equals("in.yaml") && !f.toString().contains("/name/")
                    && !f.toString().contains("/tags/")).sorted().toList()) {
                outcomes.computeIfAbsent(outcome(in), k -> new ArrayList<>()).add(in.getParent().toString().replaceFirst(".*/(?=[A-Z0-9]{4})", ""));
            }
        }
        outcomes.forEach((outcome, cases) -> System.out.println(outcome + ": " + cases.size() + " " + cases));
        assertEquals(KNOWN, outcomes.getOrDefault("MISREAD", List.of()));
    }

    private static String outcome(Path in) throws IOException {
        boolean error = Files.exists(in.resolveSibling("error"));
        String found;
        try {
            found = plain(YamlReader.document(Files.readString(in)));
        } catch (SyntaxException e) {
            return error ? "error, refused" : e.getMessage().matches("(?s).*(the tag .* is not allowed|expected a name|expected a single document).*")
                    ? "valid, refused by design" : "valid, refused";
        }
        if (error) {
            return "error, accepted";
        }
        Path json = in.resolveSibling("in.json");
        if (!Files.exists(json)) {
            return "valid, read; the suite has no JSON";
        }
        List<Object> documents = Documents.parse(Files.readString(json));
        if (documents.isEmpty()) {
            return found.equals("{}") ? "valid, right" : "MISREAD";
        }
        return documents.size() == 1 && found.equals(expected(documents.getFirst())) ? "valid, right" : "MISREAD";
    }

    private static String plain(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Scalar s when s.kind() == Yaml.Kind.NULL -> "null";
            case Yaml.Scalar s -> s.kind() == Yaml.Kind.TEXT ? "'" + s.text() + "'" : number(s.text());
            case Yaml.Sequence s -> s.items().stream().map(YamlSuiteTest::plain).toList().toString();
            case Yaml.Mapping m -> {
                Map<String, String> map = new TreeMap<>();
                m.members().forEach(e -> map.put(e.key().text(), plain(e.value())));
                yield map.toString();
            }
        };
    }

    private static String number(String text) {
        try {
            return new java.math.BigDecimal(text).stripTrailingZeros().toPlainString();
        } catch (NumberFormatException e) {
            return text;
        }
    }

    private static String expected(Object json) {
        return switch (json) {
            case null -> "null";
            case String s -> "'" + s + "'";
            case Number n -> number(n.toString());
            case List<?> list -> list.stream().map(YamlSuiteTest::expected).toList().toString();
            case Map<?, ?> map -> {
                Map<String, String> all = new TreeMap<>();
                map.forEach((k, v) -> all.put((String) k, expected(v)));
                yield all.toString();
            }
            default -> json.toString();
        };
    }

    /** One JSON value after the other. */
    private static final class Documents {
        private Documents() { }

        static List<Object> parse(String text) {
            List<Object> all = new ArrayList<>();
            String rest = text.strip();
            while (!rest.isEmpty()) {
                int end = rest.length();
                Object value = null;
                boolean found = false;
                for (int i = 1; i <= rest.length() && !found; i++) {
                    if (i < rest.length() && rest.charAt(i) != '\n') {
                        continue;
                    }
                    try {
                        value = Json.parse(rest.substring(0, i));
                        found = true;
                        end = i;
                    } catch (IllegalArgumentException e) {
                        continue; // it goes on in the next line
                    }
                }
                if (!found) {
                    throw new IllegalArgumentException(rest);
                }
                all.add(value);
                rest = rest.substring(end).strip();
            }
            return all;
        }
    }
}
