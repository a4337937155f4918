package org.cloudos.journal.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Query;

/** One look through the journal, block by block; those that can't hold what is asked for are not read. One thread. */
final class Search extends Spliterators.AbstractSpliterator<Entry> {
    private final List<Run> runs;
    private final Query query;
    private final Prefilter filter;
    private final boolean newestFirst;
    private final AtomicLong damaged;
    private final Payload payload = new Payload();
    private final BlockReader reader = new BlockReader();
    private final List<Entry> found = new ArrayList<>();
    private int nextFound;
    private int run;
    private int block;
    private long lastSeen = -1;

    Search(List<Run> runs, Query query, Prefilter filter, boolean newestFirst, AtomicLong damaged) {
        super(Long.MAX_VALUE, Spliterator.ORDERED | Spliterator.NONNULL | Spliterator.IMMUTABLE);
        this.runs = new ArrayList<>(newestFirst ? runs.reversed() : runs);
        this.query = query;
        this.filter = filter;
        this.newestFirst = newestFirst;
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
        found.clear();
        nextFound = 0;
        while (run < runs.size()) {
            Run here = runs.get(run);
            int count = here.blocks();
            if (block < count && (block > 0 || here.mayHold(filter))) {
                int index = newestFirst ? count - 1 - block : block;
                block++;
                if (look(here, index)) {
                    return true;
                }
            } else {
                run++;
                block = 0;
            }
        }
        return false;
    }

    private boolean look(Run here, int index) {
        try {
            if (!here.mayHold(index, filter)) {
                return false;
            }
            BlockHeader header = here.header(index);
            here.read(index, header, payload);
            reader.open(header, payload, filter);
            while (reader.next()) {
                Entry entry = reader.entry();
                if (query.test(entry)) {
                    found.add(entry);
                }
            }
            seen(header);
        } catch (CorruptException e) {
            damaged.incrementAndGet(); // what was read of it before is good
        } catch (IOException e) {
            goOn(here);
        }
        if (newestFirst) {
            Collections.reverse(found);
        }
        return true;
    }

    /** What follows has no record of it: a block may be in memory and in a file, or in two files while one is sealed. */
    private void seen(BlockHeader header) {
        lastSeen = Math.max(lastSeen, header.last());
        if (newestFirst) {
            filter.lastSequence = Math.min(filter.lastSequence, header.first() - 1);
        } else {
            filter.firstSequence = Math.max(filter.firstSequence, header.last() + 1);
        }
    }

    /** The file can't be read any more: it was sealed, and the other one has the rest; or removed, being too old. */
    private void goOn(Run gone) {
        found.clear();
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
