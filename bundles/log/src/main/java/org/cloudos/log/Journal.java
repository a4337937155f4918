package org.cloudos.log;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.Enumeration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/**
 * The newest {@value #SIZE} entries of the log, in memory and in the file. It is a {@link LogReaderService} itself,
 * without the noise: the log service also writes down each service and bundle event, which a system that swaps
 * bundles has by the thousand; of those only warnings and errors count.
 */
final class Journal implements LogReaderService, LogListener {
    private static final int SIZE = 1000;
    private static final String EVENTS = "Events.";

    private final LogFile file;
    private final Deque<LogEntry> ring = new ArrayDeque<>(); // guarded by this
    private final List<LogListener> listeners = new CopyOnWriteArrayList<>();
    private long newest = Long.MIN_VALUE;                    // sequence; guarded by this

    /** @param file null to keep them in memory only */
    Journal(LogFile file) {
        this.file = file;
    }

    /** First what it has kept, oldest first, then what comes. What comes meanwhile may come twice: see {@link #take}. */
    void follow(LogReaderService reader) {
        reader.addLogListener(this);
        catchUp(reader);
    }

    /** What it has kept and not yet told us of must not be lost. */
    void leave(LogReaderService reader) {
        catchUp(reader);
        reader.removeLogListener(this);
        synchronized (this) {
            newest = Long.MIN_VALUE; // The next one counts from its own beginning.
        }
    }

    private void catchUp(LogReaderService reader) {
        List<LogEntry> kept = Collections.list(reader.getLog());
        for (int i = kept.size() - 1; i >= 0; i--) {
            logged(kept.get(i));
        }
    }

    @Override
    public void logged(LogEntry entry) {
        if (take(entry)) {
            for (LogListener listener : listeners) {
                listener.logged(entry);
            }
        }
    }

    /** False for an entry that is known, or that nobody wants to read. Sequence numbers only grow. */
    private synchronized boolean take(LogEntry entry) {
        if (entry.getSequence() <= newest) {
            return false;
        }
        newest = entry.getSequence();
        if (entry.getLoggerName().startsWith(EVENTS) && entry.getLogLevel().compareTo(LogLevel.WARN) > 0) {
            return false;
        }
        if (ring.size() == SIZE) {
            ring.removeFirst();
        }
        ring.addLast(entry);
        if (file != null) {
            file.write(LogLine.of(entry));
        }
        return true;
    }

    @Override
    public void addLogListener(LogListener listener) {
        if (!listeners.contains(listener)) {
            listeners.add(listener);
        }
    }

    @Override
    public void removeLogListener(LogListener listener) {
        listeners.remove(listener);
    }

    /** Newest first (Compendium 8, §101.4). */
    @Override
    public Enumeration<LogEntry> getLog() {
        synchronized (this) {
            return Collections.enumeration(new ArrayList<>(ring).reversed());
        }
    }

    void close() {
        listeners.clear();
        if (file != null) {
            file.close();
        }
    }
}
