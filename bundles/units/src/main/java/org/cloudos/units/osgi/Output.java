package org.cloudos.units.osgi;

import java.util.concurrent.atomic.AtomicReference;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.osgi.service.log.Logger;

/** Where what services write and what happens to units goes: the journal where there is one, else the OSGi log. Thread-safe. */
final class Output implements SystemWorld.Sink {
    private static final String SUBSYSTEM = "units";
    private static final String BUNDLE = "org.cloudos.units";
    private static final int WARNING = 4;

    private final AtomicReference<Journal> journal = new AtomicReference<>();
    private final Logger log;

    Output(Logger log) {
        this.log = log;
    }

    void journal(Journal now) {
        journal.set(now);
    }

    @Override public void log(String unit, boolean bad, String message) {
        Journal to = journal.get();
        if (to != null) {
            Entry.Builder entry = Entry.at(bad ? Level.WARN : Level.INFO, unit.isEmpty() ? message : unit + " " + message).bundle(BUNDLE)
                    .subsystem(SUBSYSTEM).logger(SUBSYSTEM);
            to.append((unit.isEmpty() ? entry : entry.with("unit", unit)).build());
        } else if (bad) {
            log.warn("{} {}", unit, message);
        } else {
            log.info("{} {}", unit, message);
        }
    }

    @Override public void output(String unit, String identifier, long pid, int priority, String line) {
        Journal to = journal.get();
        if (to != null) {
            Entry.Builder entry = Entry.at(Level.ofSeverity(priority), line).bundle(BUNDLE).subsystem(SUBSYSTEM).thread("").logger(identifier)
                    .with("unit", unit).with("source", "service");
            to.append((pid > 0 ? entry.with("pid", Long.toString(pid)) : entry).build());
        } else if (priority <= WARNING) {
            log.warn("{} {}[{}]: {}", unit, identifier, pid, line);
        } else {
            log.info("{} {}[{}]: {}", unit, identifier, pid, line);
        }
    }
}
