package org.cloudos.image;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A manifest header of clauses, {@code path;path;attribute=value;directive:=value, ...} (OSGi Core §1.3.2). */
final class Clauses {
    /** Directives keep the colon at the end of their key. */
    record Clause(List<String> names, Map<String, String> parameters) {}

    private Clauses() {}

    static List<Clause> parse(String header) {
        List<Clause> clauses = new ArrayList<>();
        if (header == null) return clauses;
        for (String clause : split(header, ',')) {
            List<String> names = new ArrayList<>();
            Map<String, String> parameters = new LinkedHashMap<>();
            for (String part : split(clause, ';')) {
                int equals = part.indexOf('=');
                if (equals < 0) names.add(part.strip());
                else parameters.put(part.substring(0, equals).strip(), part.substring(equals + 1).strip().replace("\"", ""));
            }
            clauses.add(new Clause(names, parameters));
        }
        return clauses;
    }

    private static List<String> split(String text, char separator) {
        List<String> parts = new ArrayList<>();
        boolean quoted = false;
        int start = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"') quoted = !quoted;
            if (c == separator && !quoted) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        if (!text.substring(start).isBlank()) parts.add(text.substring(start));
        return parts;
    }
}
