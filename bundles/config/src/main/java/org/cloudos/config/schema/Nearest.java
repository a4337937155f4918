package org.cloudos.config.schema;

import java.util.Collection;
import java.util.Comparator;
import java.util.Locale;
import java.util.Optional;

/** The word that was probably meant: by edits and swaps of neighbours (Damerau), or as the end of a longer key. */
public final class Nearest {
    private Nearest() { }

    /** {@code " did you mean ssh.port?"}, or nothing. */
    public static String question(String word, Collection<String> known) {
        return of(word, known).map(near -> " did you mean " + near + "?").orElse("");
    }

    /** The nearest of the known words, if one is near. */
    public static Optional<String> of(String word, Collection<String> known) {
        String lower = word.toLowerCase(Locale.ROOT);
        int limit = Math.max(1, Math.min(4, word.length() / 3));
        record Distance(String word, int edits) { }
        return known.stream().filter(k -> Math.abs(k.length() - word.length()) <= limit)
                .map(k -> new Distance(k, distance(lower, k.toLowerCase(Locale.ROOT)))).filter(d -> d.edits <= limit)
                .min(Comparator.comparingInt(Distance::edits).thenComparing(Distance::word)).map(Distance::word)
                .or(() -> known.stream().filter(k -> lower.length() > 2
                        && (k.toLowerCase(Locale.ROOT).endsWith("." + lower) || k.toLowerCase(Locale.ROOT).startsWith(lower)))
                        .min(Comparator.comparingInt(String::length).thenComparing(k -> k)));
    }

    private static int distance(String a, String b) {
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                if (i == 0 || j == 0) {
                    d[i][j] = i + j;
                    continue;
                }
                int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
                d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + cost);
                if (i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1)) {
                    d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
                }
            }
        }
        return d[a.length()][b.length()];
    }
}
