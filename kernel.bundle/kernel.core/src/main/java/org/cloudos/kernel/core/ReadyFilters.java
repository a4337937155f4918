package org.cloudos.kernel.core;

import java.util.ArrayList;
import java.util.List;

/** The property {@code cloudos.ready}: LDAP filters, separated by commas; commas inside a filter are its own. */
final class ReadyFilters {
    private ReadyFilters() { }

    /** @param value may be null */
    static List<String> split(String value) {
        List<String> filters = new ArrayList<>(4);
        if (value == null) {
            return filters;
        }
        int depth = 0;
        int from = 0;
        for (int i = 0; i <= value.length(); i++) {
            char c = i == value.length() ? ',' : value.charAt(i);
            switch (c) {
                case '\\' -> i++;
                case '(' -> depth++;
                case ')' -> depth--;
                case ',' -> {
                    int end = Math.min(i, value.length());
                    if (depth <= 0 || i == value.length()) {
                        if (!value.substring(from, end).isBlank()) {
                            filters.add(value.substring(from, end).trim());
                        }
                        from = i + 1;
                    }
                }
                default -> { }
            }
        }
        return filters;
    }

    /** The service type that a filter asks for; empty when it names none. */
    static String type(String filter) {
        int at = filter.indexOf("objectClass=");
        int end = at < 0 ? -1 : filter.indexOf(')', at);
        return end < 0 ? "" : filter.substring(at + "objectClass=".length(), end).trim();
    }
}
