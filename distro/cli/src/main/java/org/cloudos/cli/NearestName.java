package org.cloudos.cli;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds the name that the user may have meant. */
public final class NearestName {
    private NearestName() { }

    /** The closest of the known names, when it is close enough to be a slip. */
    public static Optional<String> of(String typed, Collection<String> known) {
        int limit = typed.length() <= 3 ? 1 : Math.min(3, typed.length() / 3 + 1);
        return known.stream()
                .filter(name -> distance(typed, name) <= limit || name.startsWith(typed) && typed.length() > 2)
                .min(Comparator.comparingInt((String name) -> distance(typed, name))
                        .thenComparing(Comparator.naturalOrder()));
    }

    /** {@code " Did you mean 'x'?"}, or nothing. */
    public static String question(String typed, Collection<String> known) {
        return of(typed, known).map(name -> " Did you mean '" + name + "'?").orElse("");
    }

    /** Edits between two names, a swap of neighbours counted as one (optimal string alignment). */
    static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 ? j : j == 0 ? i : cheapest(d, a, b, i, j);
            }
        }
        return d[a.length()][b.length()];
    }

    private static int cheapest(int[][] d, String a, String b, int i, int j) {
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        int best = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        boolean swapped = i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
        return swapped ? Math.min(best, d[i - 2][j - 2] + 1) : best;
    }
}
