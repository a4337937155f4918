package org.cloudos.journal.logback;

import java.util.Collections;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Text;
import org.osgi.framework.Bundle;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/**
 * The OSGi log's entries into the journal. Of those about each service and bundle event only warnings and errors count.
 */
final class OsgiLog implements LogListener, AutoCloseable {
    private static final String EVENTS = "Events.", FELIX_COPY = "org.apache.felix.log.LogException: ";

    private final LogReaderService reader;
    private final Journal journal;
    private long newest = Long.MIN_VALUE; // sequence; guarded by this

    OsgiLog(LogReaderService reader, Journal journal) {
        this.reader = reader;
        this.journal = journal;
    }

    /** @param after time in milliseconds: what is older is in the journal already */
    void follow(long after) {
        reader.addLogListener(this);
        List<LogEntry> kept = Collections.list(reader.getLog());
        kept.reversed().stream().filter(entry -> entry.getTime() > after).forEach(this::logged); // newest first, §101.4
    }

    @Override public void logged(LogEntry entry) {
        synchronized (this) {
            if (entry.getSequence() <= newest) {
                return;
            }
            newest = entry.getSequence();
        }
        if (!entry.getLoggerName().startsWith(EVENTS) || entry.getLogLevel().compareTo(LogLevel.WARN) <= 0) {
            journal.append(entry(entry));
        }
    }

    static Entry entry(LogEntry entry) {
        Bundle bundle = entry.getBundle();
        Owners.Owner owner = bundle == null ? Owners.NOBODY : Owners.of(bundle);
        Entry.Builder made = Entry.at(level(entry.getLogLevel()), String.valueOf(entry.getMessage())).time(entry.getTime() * 1_000_000L)
                .bundle(owner.bundle()).subsystem(owner.subsystem()).logger(entry.getLoggerName())
                .thread(entry.getThreadInfo() == null ? "" : entry.getThreadInfo());
        if (entry.getLogLevel() == LogLevel.AUDIT) {
            made.with("audit", "true");
        }
        if (entry.getException() != null) {
            String text = Text.of(entry.getException());
            made.exception(text.startsWith(FELIX_COPY) ? text.substring(FELIX_COPY.length()) : text);
        }
        return made.build();
    }

    static Level level(LogLevel level) {
        return switch (level) {
            case ERROR -> Level.ERROR;
            case WARN -> Level.WARN;
            case AUDIT, INFO -> Level.INFO;
            case DEBUG -> Level.DEBUG;
            case TRACE -> Level.TRACE;
        };
    }

    @Override public void close() {
        reader.removeLogListener(this);
    }
}
