package org.cloudos.web;

import java.util.List;
import java.util.regex.Pattern;

/**
 * What a request's path may look like, and which paths need no login. Decided from the path as it was sent: so one that the
 * server would understand as another is refused before anything is decided from it.
 */
final class Paths {
    /** Dot segments, empty segments, parameters, and their disguises. */
    private static final Pattern AMBIGUOUS = Pattern.compile("(?i)/\\.{1,2}(/|$)|//|;|\\\\|%(2e|2f|3b|5c|00)");
    private static final Pattern LOGIN = Pattern.compile("/login(/[a-z]+\\.[a-z]+)?");
    /** Places whose own contexts ask who is there. */
    private static final Pattern GUARDED = Pattern.compile("/(login|logout|console|system/console)(/.*)?");

    private Paths() { }

    static boolean ambiguous(String path) {
        return AMBIGUOUS.matcher(path).find();
    }

    /** The login's page and what it is made of. */
    static boolean login(String path) {
        return LOGIN.matcher(path).matches();
    }

    /** Whether somebody further on asks who is there. */
    static boolean guarded(String path) {
        return GUARDED.matcher(path).matches();
    }

    /** Whether it is one of these, or below one. */
    static boolean open(String path, List<String> open) {
        return open.stream().anyMatch(o -> path.equals(o) || path.startsWith(o.endsWith("/") ? o : o + "/"));
    }
}
