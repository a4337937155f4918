package org.cloudos.journal.store;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Query;

/** One block that is looked through, by whichever thread comes first. */
final class Look extends FutureTask<Look.Seen> {
    final Run run;

    /**
     * What there was.
     *
     * @param header null if it can't be read
     * @param found  in the order of the search
     */
    record Seen(BlockHeader header, List<Entry> found, boolean damaged) { }

    /** What all looks of one search have in common. Nothing of it changes. */
    record Search(Query query, Prefilter filter, boolean newestFirst, Readers readers) { }

    Look(Run run, int block, Search search) {
        super(() -> look(run, block, search));
        this.run = run;
    }

    /** @throws IOException if the run can't be read any more */
    private static Seen look(Run run, int block, Search search) throws IOException {
        List<Entry> found = new ArrayList<>();
        BlockHeader header = null;
        boolean damaged = false;
        Readers.Reader with = search.readers.take();
        try {
            header = run.header(block);
            run.read(block, header, with.payload());
            BlockReader reader = with.block();
            reader.open(header, with.payload(), search.filter);
            while (reader.next()) {
                Entry entry = reader.entry();
                if (search.filter.decides || search.query.test(entry)) {
                    found.add(entry);
                }
            }
        } catch (CorruptException e) {
            damaged = true; // what was read of it before is good
        } finally {
            search.readers.give(with);
        }
        if (search.newestFirst) {
            Collections.reverse(found);
        }
        return new Seen(header, found, damaged);
    }

    /** What came of it; waits for it, through interrupts too: they are for who asks. */
    Seen seen() throws IOException {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            switch (e.getCause()) {
                case IOException gone -> throw gone;
                case RuntimeException broken -> throw broken;
                case Error broken -> throw broken;
                default -> throw new IllegalStateException(e.getCause());
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
