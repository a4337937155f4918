package org.cloudos.journal;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a record must be like. Immutable. */
public sealed interface Condition {
    /** All records. */
    Condition ANY = new All(List.of());

    /** Whether a record is like that. */
    boolean test(Entry entry);

    /** All of them hold. */
    record All(List<Condition> parts) implements Condition {
        /** Copies. */
        public All {
            parts = List.copyOf(parts);
        }

        @Override public boolean test(Entry entry) {
            for (Condition part : parts) {
                if (!part.test(entry)) {
                    return false;
                }
            }
            return true;
        }
    }

    /** One of them holds. */
    record Any(List<Condition> parts) implements Condition {
        /** Copies. */
        public Any {
            parts = List.copyOf(parts);
        }

        @Override public boolean test(Entry entry) {
            for (Condition part : parts) {
                if (part.test(entry)) {
                    return true;
                }
            }
            return false;
        }
    }

    /** It does not hold. */
    record Not(Condition part) implements Condition {
        @Override public boolean test(Entry entry) {
            return !part.test(entry);
        }
    }

    /** The level is one of these. */
    record LevelIn(Set<Level> levels) implements Condition {
        /** Copies. */
        public LevelIn {
            levels = levels.isEmpty() ? Set.of() : Set.copyOf(levels);
        }

        /** This level and worse. */
        public static LevelIn least(Level level) {
            return new LevelIn(EnumSet.range(level, Level.ERROR));
        }

        @Override public boolean test(Entry entry) {
            return levels.contains(entry.level());
        }
    }

    /** Written in this time: {@code from <= time < until}, nanoseconds since the epoch. */
    record TimeIn(long from, long until) implements Condition {
        @Override public boolean test(Entry entry) {
            return from <= entry.time() && entry.time() < until;
        }
    }

    /** {@code from <= sequence <= to}. */
    record SequenceIn(long from, long to) implements Condition {
        @Override public boolean test(Entry entry) {
            return from <= entry.sequence() && entry.sequence() <= to;
        }
    }

    /** A field is like a pattern. For {@code bundle} the name may be given without {@code org.cloudos.} */
    record Match(String field, Glob pattern) implements Condition {
        @Override public boolean test(Entry entry) {
            String value = Query.field(entry, field);
            return pattern.matches(value) || field.equals("bundle") && value.startsWith(Query.OURS)
                    && pattern.matches(value.substring(Query.OURS.length()));
        }
    }

    /** A field has this text in it, whatever its case. */
    record Contains(String field, String text) implements Condition {
        @Override public boolean test(Entry entry) {
            String value = Query.field(entry, field);
            int last = value.length() - text.length();
            for (int i = 0; i <= last; i++) {
                if (value.regionMatches(true, i, text, 0, text.length())) {
                    return true;
                }
            }
            return false;
        }
    }

    /** A field is a number, from {@code from} to {@code to}; each bound holds or not. */
    record NumberIn(String field, double from, boolean withFrom, double to, boolean withTo) implements Condition {
        @Override public boolean test(Entry entry) {
            String value = Query.field(entry, field);
            if (value.isEmpty() || value.length() > 40) {
                return false;
            }
            try {
                double number = Double.parseDouble(value);
                return (withFrom ? number >= from : number > from) && (withTo ? number <= to : number < to);
            } catch (NumberFormatException e) {
                return false;
            }
        }
    }

    /** A name of which {@code *} stands for any characters and {@code ?} for one. Compared without regard to case. */
    record Glob(String text) {
        /** Kept in lower case. */
        public Glob {
            StringBuilder lower = new StringBuilder(text.length());
            text.chars().forEach(c -> lower.append(fold((char) c)));
            text = lower.toString();
        }

        /** Lower case, char by char. ASCII letters are like ASCII letters only, so that an index of bytes can tell. */
        static char fold(char c) {
            if (c < 0x80) {
                return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
            }
            char lower = Character.toLowerCase(c);
            return lower < 0x80 ? c : lower;
        }

        /** Whether it stands for one text only. */
        public boolean literal() {
            return text.indexOf('*') < 0 && text.indexOf('?') < 0;
        }

        /** At most length times length steps, whatever the pattern. An absent value is like no pattern. */
        public boolean matches(String value) {
            if (value.isEmpty()) {
                return text.isEmpty();
            }
            int p = 0, v = 0, star = -1, mark = 0;
            while (v < value.length()) {
                if (p < text.length() && text.charAt(p) == '*') {
                    star = p++;
                    mark = v;
                } else if (p < text.length() && (text.charAt(p) == '?' || text.charAt(p) == fold(value.charAt(v)))) {
                    p++;
                    v++;
                } else if (star >= 0) {
                    p = star + 1;
                    v = ++mark;
                } else {
                    return false;
                }
            }
            while (p < text.length() && text.charAt(p) == '*') {
                p++;
            }
            return p == text.length();
        }
    }
}
