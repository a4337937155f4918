package org.cloudos.journal.store;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Query;

/**
 * One look through the journal, block by block; those that can't hold what is asked for are not read. Used by one thread.
 * Who asks for more than the first blocks has the next ones looked through by other processors meanwhile.
 */
final class Search extends Spliterators.AbstractSpliterator<Entry> {
    private static final int MOST_AHEAD = Math.min(64, 4 * Runtime.getRuntime().availableProcessors());

    private final List<Run> runs;
    private final Prefilter filter;
    private final Look.Search what;
    private final AtomicLong damaged;
    /** Blocks in the order of the search, the first of which comes next. */
    private final ArrayDeque<Look> ahead = new ArrayDeque<>();
    private int most = 1;
    private List<Entry> found = List.of();
    private int nextFound;
    private int run;
    private int block;
    private long lastSeen = -1;

    Search(List<Run> runs, Query query, Prefilter filter, boolean newestFirst, AtomicLong damaged, Readers readers) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
        this.runs = new ArrayList<>(newestFirst ? runs.reversed() : runs);
        this.filter = filter;
        this.what = new Look.Search(query, filter.after(Long.MIN_VALUE), newestFirst, readers);
        this.damaged = damaged;
    }

    @Override public boolean tryAdvance(Consumer<? super Entry> action) {
        while (nextFound == found.size()) {
            if (!nextBlock()) {
                return false;
            }
        }
        action.accept(found.get(nextFound++));
        return true;
    }

    /** Looks through the next block that may have something; false when there is none. */
    boolean nextBlock() {
        found = List.of();
        nextFound = 0;
        lookAhead();
        Look look = ahead.poll();
        if (look == null) {
            return false;
        }
        look.run(); // unless another thread does
        for (Look next : ahead) {
            if (look.isDone()) {
                break;
            }
            next.run();
        }
        try {
            take(look.seen());
        } catch (IOException e) {
            ahead.clear();
            goOn(look.run);
        }
        most = Math.min(MOST_AHEAD, most * 2);
        return true;
    }

    /** Some more the further the search has come: often the first block has all that is wanted. */
    private void lookAhead() {
        while (ahead.size() < most) {
            Look look = next();
            if (look == null) {
                return;
            }
            boolean first = ahead.isEmpty();
            ahead.add(look);
            if (!first) {
                ForkJoinPool.commonPool().execute(look);
            }
        }
    }

    /** The next block that may have something; null when there is none. */
    private Look next() {
        while (run < runs.size()) {
            Run here = runs.get(run);
            int count = here.blocks();
            if (block < count && (block > 0 || here.mayHold(filter))) {
                int index = what.newestFirst() ? count - 1 - block : block;
                block++;
                if (mayHold(here, index)) {
                    return new Look(here, index, what);
                }
            } else {
                run++;
                block = 0;
            }
        }
        return null;
    }

    /** What can't be told now comes out when the block is read. */
    private boolean mayHold(Run here, int index) {
        try {
            return here.mayHold(index, filter);
        } catch (IOException e) {
            return true;
        }
    }

    private void take(Look.Seen seen) {
        found = seen.found();
        if (seen.damaged()) {
            damaged.incrementAndGet();
        }
        if (seen.header() == null) {
            return;
        }
        BlockHeader header = seen.header();
        if (header.first() < filter.firstSequence || header.last() > filter.lastSequence) {
            found.removeIf(entry -> entry.sequence() < filter.firstSequence || entry.sequence() > filter.lastSequence);
        }
        if (!seen.damaged()) {
            seen(header);
        }
    }

    /** What follows has no record of it: a block may be in memory and in a file, or in two files while one is sealed. */
    private void seen(BlockHeader header) {
        lastSeen = Math.max(lastSeen, header.last());
        if (what.newestFirst()) {
            filter.lastSequence = Math.min(filter.lastSequence, header.first() - 1);
        } else {
            filter.firstSequence = Math.max(filter.firstSequence, header.last() + 1);
        }
    }

    /** The file can't be read any more: it was sealed, and the other one has the rest; or removed, being too old. */
    private void goOn(Run gone) {
        run = 0;
        while (runs.get(run) != gone) {
            run++;
        }
        Run successor = gone.successor();
        if (successor == null) {
            runs.remove(run);
        } else {
            runs.set(run, successor);
        }
        block = 0;
    }

    List<Entry> found() {
        return found;
    }

    /** The greatest sequence of the blocks that were looked through. */
    long lastSeen() {
        return lastSeen;
    }
}
