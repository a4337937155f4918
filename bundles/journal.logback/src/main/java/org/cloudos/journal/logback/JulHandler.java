package org.cloudos.journal.logback;

import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.slf4j.LoggerFactory;
import org.slf4j.event.EventConstants;
import org.slf4j.spi.LocationAwareLogger;

/**
 * What is logged with {@code java.util.logging}, the JDK itself included, goes the way of SLF4J. It takes the place of the
 * handler that writes to the process's error stream.
 */
final class JulHandler extends Handler {
    private static final String SELF = JulHandler.class.getName();
    private final SimpleFormatter formatter = new SimpleFormatter();
    private Handler[] before = {};

    void install() {
        Logger root = root();
        before = root.getHandlers();
        for (Handler other : before) {
            root.removeHandler(other);
        }
        root.addHandler(this);
    }

    void remove() {
        Logger root = root();
        root.removeHandler(this);
        for (Handler other : before) {
            root.addHandler(other);
        }
    }

    private static Logger root() {
        return LogManager.getLogManager().getLogger("");
    }

    @Override public void publish(LogRecord entry) {
        String name = entry.getLoggerName() == null || entry.getLoggerName().isEmpty() ? "java.util.logging" : entry.getLoggerName();
        if (LoggerFactory.getLogger(name) instanceof LocationAwareLogger logger) {
            logger.log(null, SELF, level(entry.getLevel()), "{}", new Object[] {formatter.formatMessage(entry)}, entry.getThrown());
        }
    }

    private static int level(Level level) {
        int value = level.intValue();
        return value >= Level.SEVERE.intValue() ? EventConstants.ERROR_INT : value >= Level.WARNING.intValue() ? EventConstants.WARN_INT
                : value >= Level.INFO.intValue() ? EventConstants.INFO_INT : value >= Level.FINE.intValue() ? EventConstants.DEBUG_INT
                : EventConstants.TRACE_INT;
    }

    @Override public void flush() {
        // Nothing is kept here.
    }

    @Override public void close() {
        // Removed by whoever installed it.
    }
}
