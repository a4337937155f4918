package org.cloudos.journal.logback;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.util.function.Consumer;

/**
 * Takes what Logback's loggers give, and keeps it while nobody takes it on. It stays as long as Logback's context does: when
 * this bundle is swapped, its successor, whose classes are others, finds it by its name and takes over by types of the JDK
 * and of Logback. So nothing is lost, doubled or brought out of order by a swap.
 */
final class JournalAppender extends UnsynchronizedAppenderBase<ILoggingEvent> implements Consumer<Consumer<ILoggingEvent>> {
    static final String NAME = "journal";
    private final Inlet inlet;

    JournalAppender(LoggerContext context) {
        inlet = new Inlet(context);
        setContext(context);
        setName(NAME);
    }

    @Override protected void append(ILoggingEvent event) {
        inlet.put(event);
    }

    /** @param taker of all that waits and that comes; null for nobody */
    @Override public void accept(Consumer<ILoggingEvent> taker) {
        if (taker == null) {
            inlet.detach();
        } else {
            inlet.attach(taker);
        }
    }
}
