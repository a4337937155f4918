package org.cloudos.nearest;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What a mistyped word was probably meant to be. Upper and lower case are alike. Thread-safe. */
public final class Nearest {
    /** Slips happen in words that people type; what is longer is compared with nothing. */
    private static final int LONGEST = 200;
    private static final int MOST_EDITS = 3;
    private static final int SHORTEST_PART = 3;

    private Nearest() { }

    /** The known words that are a slip away, the nearest first. */
    public static List<String> all(String typed, Collection<String> known) {
        int limit = typed.length() <= 3 ? 1 : Math.min(MOST_EDITS, typed.length() / 3 + 1);
        record Near(String word, int edits) { }
        return known.stream().distinct().filter(word -> Math.abs(word.length() - typed.length()) <= limit)
                .map(word -> new Near(word, edits(typed, word))).filter(near -> near.edits <= limit)
                .sorted(Comparator.comparingInt(Near::edits).thenComparing(Near::word)).map(Near::word).toList();
    }

    /** The one that was meant: a slip away, or else one that begins with what was typed, or ends with it behind a dot. */
    public static Optional<String> of(String typed, Collection<String> known) {
        return all(typed, known).stream().findFirst().or(() -> longer(typed.toLowerCase(Locale.ROOT), known));
    }

    private static Optional<String> longer(String typed, Collection<String> known) {
        return known.stream().filter(word -> typed.length() >= SHORTEST_PART
                        && (word.toLowerCase(Locale.ROOT).startsWith(typed) || word.toLowerCase(Locale.ROOT).endsWith("." + typed)))
                .min(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()));
    }

    /**
     * How many letters must be changed, left out, added, or swapped with their neighbour (optimal string alignment).
     *
     * @return much for a word of over 200 letters
     */
    public static int edits(String one, String other) {
        if (Math.max(one.length(), other.length()) > LONGEST) {
            return Integer.MAX_VALUE;
        }
        String a = one.toLowerCase(Locale.ROOT), b = other.toLowerCase(Locale.ROOT);
        int[][] d = new int[a.length() + 1][b.length() + 1];
        for (int i = 0; i <= a.length(); i++) {
            for (int j = 0; j <= b.length(); j++) {
                d[i][j] = i == 0 || j == 0 ? i + j : cheapest(d, a, b, i, j);
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
