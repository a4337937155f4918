package org.cloudos.launcher;

import java.util.HashSet;
import java.util.Set;

/** The package names in an {@code Import-Package} or {@code Export-Package} header. */
final class Packages {
    private Packages() { }

    static Set<String> of(String header) {
        Set<String> names = new HashSet<>();
        if (header == null) {
            return names;
        }
        int from = 0;
        boolean quoted = false;
        boolean attributes = false;
        for (int i = 0; i <= header.length(); i++) {
            char c = i == header.length() ? ',' : header.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (!quoted && (c == ',' || c == ';')) {
                attributes |= header.substring(from, i).indexOf('=') >= 0;
                if (!attributes) {
                    names.add(header.substring(from, i).trim());
                }
                attributes &= c == ';';
                from = i + 1;
            }
        }
        names.remove("");
        return names;
    }
}
