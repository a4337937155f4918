package org.cloudos.journal.ship;

import java.io.IOException;
import java.util.List;
import org.cloudos.journal.Entry;

/** A way to a collector. Used by one thread; closed by any, which ends a {@link #send} that hangs. */
interface Sender extends AutoCloseable {
    /**
     * Brings records there, in order. After an exception they are sent again, by a new connection where there is one.
     *
     * @return how many of them the collector refused for good
     */
    long send(List<Entry> entries) throws IOException, InterruptedException;

    /** Ends what there is of a connection; {@link #send} makes a new one. */
    void disconnect();

    @Override default void close() {
        disconnect();
    }
}
