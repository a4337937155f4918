package org.cloudos.journal.logback;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.event.KeyValuePair;

/** Where events go: to whoever takes them, or into a bounded queue while nobody does. Thread-safe. */
final class Inlet {
    private static final int WAITING = 1000;

    private final LoggerContext context;
    private volatile Consumer<ILoggingEvent> taker;
    private final Deque<ILoggingEvent> waiting = new ArrayDeque<>(); // guarded by itself
    private long lost;                                               // guarded by waiting

    /** @param context whose event it is that tells of a loss */
    Inlet(LoggerContext context) {
        this.context = context;
    }

    void put(ILoggingEvent event) {
        Consumer<ILoggingEvent> now = taker;
        if (now == null) {
            hold(event);
        } else {
            now.accept(event);
        }
    }

    private void hold(ILoggingEvent event) {
        Consumer<ILoggingEvent> now;
        event.prepareForDeferredProcessing(); // the thread's name, its MDC, the message as it is now
        synchronized (waiting) {
            now = taker;
            if (now == null) {
                if (waiting.size() == WAITING) {
                    waiting.removeFirst();
                    lost++;
                }
                waiting.addLast(event);
                return;
            }
        }
        now.accept(event);
    }

    /** What waits goes first. The taker is called without the lock: who logs may hold locks of its own. */
    void attach(Consumer<ILoggingEvent> next) {
        for (List<ILoggingEvent> some = takeWaiting(next); !some.isEmpty(); some = takeWaiting(next)) {
            some.forEach(next);
        }
    }

    /** When nothing waits any more, what comes goes to the taker. */
    private List<ILoggingEvent> takeWaiting(Consumer<ILoggingEvent> next) {
        synchronized (waiting) {
            List<ILoggingEvent> taken = new ArrayList<>(waiting);
            waiting.clear();
            if (lost > 0) {
                taken.addFirst(loss());
                lost = 0;
            }
            if (taken.isEmpty()) {
                taker = next;
            }
            return taken;
        }
    }

    private ILoggingEvent loss() {
        Logger logger = context.getLogger(Inlet.class.getName());
        LoggingEvent event = new LoggingEvent(Inlet.class.getName(), logger, Level.WARN, lost + " records were lost: they came before the journal",
                null, null);
        event.addKeyValuePair(new KeyValuePair("lost", lost));
        return event;
    }

    void detach() {
        synchronized (waiting) {
            taker = null;
        }
    }
}
