package org.cloudos.journal.logback;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;

/**
 * Where records go: to the journal, or into a bounded queue while there is none. Whose logger it is, is found out only when
 * it goes on: before that there may be no framework. Thread-safe.
 */
final class Inlet {
    /** The one that Logback's appender has: it is made by Logback, not by us. */
    static final Inlet SLF4J = new Inlet();
    private static final int WAITING = 1000;

    /** The journal, and who owns loggers. */
    private record Target(Journal journal, Owners owners) { }

    private volatile Target target;
    private final Deque<Entry> waiting = new ArrayDeque<>(); // guarded by itself
    private long lost;                                       // guarded by waiting

    /** @param entry a record without bundle and subsystem */
    void put(Entry entry) {
        Target now = target;
        if (now == null) {
            hold(entry);
        } else {
            now.journal.append(owned(entry, now.owners));
        }
    }

    private void hold(Entry entry) {
        Target now;
        synchronized (waiting) {
            now = target;
            if (now == null) {
                if (waiting.size() == WAITING) {
                    waiting.removeFirst();
                    lost++;
                }
                waiting.addLast(entry);
                return;
            }
        }
        now.journal.append(owned(entry, now.owners));
    }

    private static Entry owned(Entry e, Owners owners) {
        Owners.Owner owner = owners.of(e.logger());
        return new Entry(0, e.time(), e.level(), owner.bundle(), owner.subsystem(), e.thread(), e.logger(), e.trace(), e.message(),
                e.exception(), e.values());
    }

    /** What waits goes first. The journal and the framework are called without the lock: who logs may hold theirs. */
    void attach(Journal journal, Owners owners) {
        Target next = new Target(journal, owners);
        for (List<Entry> some = takeWaiting(next); !some.isEmpty(); some = takeWaiting(next)) {
            some.forEach(entry -> journal.append(owned(entry, owners)));
        }
    }

    /** When nothing waits any more, what comes goes to the target. */
    private List<Entry> takeWaiting(Target next) {
        synchronized (waiting) {
            List<Entry> taken = new ArrayList<>(waiting);
            waiting.clear();
            if (lost > 0) {
                taken.addFirst(Entry.at(Level.WARN, lost + " records were lost: they came before the journal").logger(Inlet.class.getName())
                        .with("lost", Long.toString(lost)).build());
                lost = 0;
            }
            if (taken.isEmpty()) {
                target = next;
            }
            return taken;
        }
    }

    void detach() {
        synchronized (waiting) {
            target = null;
        }
    }
}
