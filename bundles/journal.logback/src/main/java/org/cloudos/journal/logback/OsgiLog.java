package org.cloudos.journal.logback;

import java.util.ArrayList;
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
    private Told told = Told.NOTHING; // guarded by this
    private List<LogEntry> early = new ArrayList<>(); // what is told before older ones are taken; then null; guarded by this
    private boolean closed;           // guarded by this

    /** How far the log was told: sequences begin anew with a log service that begins anew, and tell of times only. */
    record Told(long sequence, long time) {
        static final Told NOTHING = new Told(Long.MIN_VALUE, Long.MIN_VALUE);

        boolean has(LogEntry entry) {
            return entry.getSequence() <= sequence && entry.getTime() <= time;
        }

        Told and(LogEntry entry) {
            return new Told(entry.getSequence(), Math.max(time, entry.getTime()));
        }

        /** From {@link #toString}; null is nothing. */
        static Told parse(String text) {
            if (text == null || !text.matches("-?\\d{1,19} -?\\d{1,19}")) {
                return NOTHING;
            }
            int space = text.indexOf(' ');
            return new Told(Long.parseLong(text, 0, space, 10), Long.parseLong(text, space + 1, text.length(), 10));
        }

        @Override public String toString() {
            return sequence + " " + time;
        }
    }

    OsgiLog(LogReaderService reader, Journal journal) {
        this.reader = reader;
        this.journal = journal;
    }

    /** @param before what is in the journal already */
    void follow(Told before) {
        synchronized (this) {
            told = before;
        }
        reader.addLogListener(this);
        takeKept();
        synchronized (this) {
            early.forEach(this::take);
            early = null;
        }
    }

    /** The log keeps the newest ones, whether they were told or not. */
    private void takeKept() {
        Collections.list(reader.getLog()).reversed().forEach(this::take); // newest first, §101.4
    }

    @Override public void logged(LogEntry entry) {
        synchronized (this) {
            if (early != null) {
                early.add(entry);
                return;
            }
        }
        take(entry);
    }

    private void take(LogEntry entry) {
        synchronized (this) {
            if (closed || told.has(entry)) {
                return;
            }
            told = told.and(entry);
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

    synchronized Told told() {
        return told;
    }

    /** The log tells in a thread of its own: what it has still to tell is taken from what it keeps. */
    @Override public void close() {
        reader.removeLogListener(this);
        takeKept();
        synchronized (this) {
            closed = true;
        }
    }
}
