package org.cloudos.journal.store;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.journal.Condition;
import org.cloudos.journal.Level;

/**
 * What every record that a condition admits has in common, so that blocks, and records in them, can be passed over without
 * being decoded. Admits too much at times, never too little. Used by one thread.
 */
final class Prefilter {
    private static final int ALL_LEVELS = (1 << Level.values().length) - 1;

    long from = Long.MIN_VALUE;      // time, inclusive
    long until = Long.MAX_VALUE;     // time, exclusive; the greatest value is no bound
    long firstSequence = Long.MIN_VALUE;
    long lastSequence = Long.MAX_VALUE;
    int levels = ALL_LEVELS;
    final List<Condition.Match> bundles = new ArrayList<>(); // each must hold
    final List<Long> terms = new ArrayList<>();              // each must be there
    boolean ends;                    // a condition excludes the greatest time
    boolean decides;                 // what it admits of records is what is asked for, no more

    private List<String> asked; // for which wantedSet is
    private byte[] wantedSet;

    private Prefilter() { }

    static Prefilter of(Condition condition) {
        Prefilter filter = new Prefilter();
        filter.narrow(condition);
        filter.decides = decides(condition);
        return filter;
    }

    private static boolean decides(Condition condition) {
        return switch (condition) {
            case Condition.All all -> all.parts().stream().allMatch(Prefilter::decides);
            case Condition.LevelIn ignored -> true;
            case Condition.TimeIn ignored -> true;
            case Condition.SequenceIn ignored -> true;
            case Condition.Match match -> match.field().equals("bundle");
            case Condition.Not not -> not.part() instanceof Condition.LevelIn;
            case Condition.Any ignored -> false;
            case Condition.Contains ignored -> false;
            case Condition.NumberIn ignored -> false;
        };
    }

    private void narrow(Condition condition) {
        switch (condition) {
            case Condition.All all -> all.parts().forEach(this::narrow);
            case Condition.Any any -> narrowToHull(any.parts());
            case Condition.Not not -> {
                if (not.part() instanceof Condition.LevelIn in) {
                    levels &= ~mask(in);
                }
            }
            case Condition.LevelIn in -> levels &= mask(in);
            case Condition.TimeIn in -> {
                narrowTime(in.from(), in.until());
                ends = true;
            }
            case Condition.SequenceIn in -> narrowSequence(in.from(), in.to());
            case Condition.Match match -> narrow(match);
            case Condition.Contains ignored -> { }
            case Condition.NumberIn ignored -> { }
        }
    }

    private void narrow(Condition.Match match) {
        if (match.field().equals("bundle")) {
            bundles.add(match);
        } else if (Terms.indexed(match)) {
            terms.add(Terms.hash(match.field(), match.pattern().text()));
        }
    }

    private void narrowToHull(List<Condition> parts) {
        long least = Long.MAX_VALUE, most = Long.MIN_VALUE, first = Long.MAX_VALUE, last = Long.MIN_VALUE;
        int mask = 0;
        for (Condition part : parts) {
            Prefilter one = of(part);
            least = Math.min(least, one.from);
            most = Math.max(most, one.until);
            first = Math.min(first, one.firstSequence);
            last = Math.max(last, one.lastSequence);
            mask |= one.levels;
        }
        narrowTime(least, most);
        narrowSequence(first, last);
        levels &= mask;
    }

    private void narrowTime(long least, long most) {
        from = Math.max(from, least);
        until = Math.min(until, most);
    }

    private void narrowSequence(long first, long last) {
        firstSequence = Math.max(firstSequence, first);
        lastSequence = Math.min(lastSequence, last);
    }

    private static int mask(Condition.LevelIn in) {
        int mask = 0;
        for (Level level : in.levels()) {
            mask |= 1 << level.ordinal();
        }
        return mask;
    }

    /** A copy that admits nothing up to this sequence. */
    Prefilter after(long sequence) {
        Prefilter copy = new Prefilter();
        copy.narrowTime(from, until);
        copy.narrowSequence(Math.max(firstSequence, sequence + 1), lastSequence);
        copy.ends = ends;
        copy.decides = decides;
        copy.levels = levels;
        copy.bundles.addAll(bundles);
        copy.terms.addAll(terms);
        return copy;
    }

    boolean admitsTime(long time) {
        return from <= time && (time < until || until == Long.MAX_VALUE && !ends);
    }

    /** Whether records of these bounds can be admitted. */
    boolean overlaps(long first, long last, int someLevels, long least, long greatest) {
        return (levels & someLevels) != 0 && from <= greatest && (least < until || until == Long.MAX_VALUE)
                && firstSequence <= last && first <= lastSequence;
    }

    /** A bit for each of these names. The answer for the last list is kept. */
    byte[] wanted(List<String> names) {
        if (asked != names) {
            wantedSet = new byte[(names.size() + 7) / 8];
            for (int i = 0; i < names.size(); i++) {
                if (admitsBundle(names.get(i))) {
                    wantedSet[i >> 3] |= (byte) (1 << (i & 7));
                }
            }
            asked = names;
        }
        return wantedSet;
    }

    boolean admitsBundle(String name) {
        for (Condition.Match match : bundles) {
            if (!Terms.bundleMatches(match, name)) {
                return false;
            }
        }
        return true;
    }
}
