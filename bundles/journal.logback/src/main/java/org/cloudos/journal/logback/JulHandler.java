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
public final class JulHandler extends Handler {
    private static final String SELF = JulHandler.class.getName();
    private final SimpleFormatter formatter = new SimpleFormatter();

    /** For the JDK, which makes it when {@link JulSetup} names it. */
    public JulHandler() { }

    /** It alone has what is logged; which is little to do when {@link JulSetup} came first. */
    static void install() {
        Logger root = root();
        for (Handler other : root.getHandlers()) {
            if (other instanceof JulHandler) {
                return;
            }
        }
        for (Handler other : root.getHandlers()) {
            root.removeHandler(other);
        }
        root.addHandler(new JulHandler());
    }

    /** Logback decides by logger; here, only what nobody wants is left out. */
    static void least(org.cloudos.journal.Level level) {
        root().setLevel(switch (level) {
            case ERROR -> Level.SEVERE;
            case WARN -> Level.WARNING;
            case INFO -> Level.INFO;
            case DEBUG -> Level.FINE;
            case TRACE -> Level.ALL;
        });
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
