package org.cloudos.journal;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.annotation.versioning.ProviderType;

/** Keeps records and finds them again. */
@ProviderType
public interface Journal {
    /**
     * Takes a record. Its sequence is given by the journal, whatever it says. Never throws for reasons of the medium. Waits
     * only while the medium is slower than all who write, and never long: a record that can't be kept is counted, and a
     * record about the loss follows. Texts of more than the configured size are cut, with a note of how much is missing.
     */
    void append(Entry entry);

    /**
     * Records that match, of those that were appended before the call. The stream is read lazily, by one thread, and
     * holds nothing that must be closed. Records that are too old and removed while it is read may be missing.
     */
    Stream<Entry> query(Query query, Order order);

    /**
     * Follows the journal from a record on. Nothing is missed while the journal still has it, however slow the reader is.
     *
     * @param after the last sequence that the reader has; {@link #newest} to begin with what comes
     */
    Feed follow(Query query, long after);

    /** Sequence of the newest record; 0 in an empty journal. */
    long newest();

    /**
     * Waits until all that was appended before is on the medium, as fdatasync(2) understands it.
     *
     * @return false when the medium did not take it within the limit
     */
    boolean sync(Duration limit) throws InterruptedException;

    /** Figures of now. */
    Status status();

    /** Order by sequence. */
    enum Order {
        /** As written. */
        OLDEST_FIRST,
        /** The newest first. */
        NEWEST_FIRST
    }

    /** What comes. Used by one thread at a time. */
    @ProviderType
    interface Feed extends AutoCloseable {
        /**
         * The next records that match, oldest first; an empty list when none came within the limit. At most some hundred
         * at a time.
         *
         * @throws IllegalStateException when the journal was closed
         */
        List<Entry> poll(Duration limit) throws InterruptedException;

        /** The last sequence that was looked at, matching or not: where another feed would go on. */
        long position();

        /** How many sequence numbers lay before the oldest record that is left when this feed came to read them. */
        long missed();

        @Override void close();
    }

    /**
     * The journal's state.
     *
     * @param records  taken since the start
     * @param lost     not kept since the start
     * @param trouble  what hinders writing now; empty if nothing does
     * @param files    how many
     * @param bytes    of all files
     * @param rawBytes of all files, were they not compressed
     * @param damaged  blocks that could not be read, with all that was in them
     * @param oldest   time of the oldest record, in nanoseconds since the epoch; 0 if there is none
     * @param newest   sequence of the newest record
     * @param synced   sequence up to which all is on the medium
     */
    record Status(long records, long lost, String trouble, int files, long bytes, long rawBytes, long damaged, long oldest,
            long newest, long synced) { }
}
