package org.cloudos.log;

import java.util.ArrayDeque;
import java.util.Deque;
import org.osgi.framework.Bundle;
import org.osgi.service.log.LogService;
import org.osgi.service.log.Logger;
import org.slf4j.event.EventConstants;

/**
 * Where SLF4J's loggers find the OSGi log. Static, because SLF4J makes its provider itself. The newest
 * {@value #WAITING} messages from before there was a log service wait for it.
 */
final class Slf4jLog {
    private static final int WAITING = 200;

    private record Message(Bundle bundle, String logger, int level, String text, Throwable thrown) { }

    private static final Deque<Message> waiting = new ArrayDeque<>(); // guarded by itself
    private static volatile LogService log;

    private Slf4jLog() { }

    static void attach(LogService service) {
        log = service;
        if (service == null) {
            return;
        }
        for (Message m = next(); m != null; m = next()) {
            write(service, m);
        }
    }

    static void detach(LogService service) {
        if (log == service) {
            log = null;
        }
    }

    private static Message next() {
        synchronized (waiting) {
            return waiting.pollFirst();
        }
    }

    static LogService service() {
        return log;
    }

    /** @param bundle null for the one that has the service, which is this one */
    static Logger logger(LogService service, Bundle bundle, String name) {
        return bundle == null ? service.getLogger(name, Logger.class) : service.getLogger(bundle, name, Logger.class);
    }

    static void await(Bundle bundle, String logger, int level, String text, Throwable thrown) {
        synchronized (waiting) {
            if (waiting.size() == WAITING) {
                waiting.removeFirst();
            }
            waiting.addLast(new Message(bundle, logger, level, text, thrown));
        }
    }

    private static void write(LogService service, Message m) {
        write(logger(service, m.bundle(), m.logger()), m.level(), m.text(), m.thrown());
    }

    /** @param level as SLF4J counts, {@code EventConstants} */
    static void write(Logger logger, int level, String text, Throwable thrown) {
        // The text is final: braces in it are no placeholders.
        if (level >= EventConstants.ERROR_INT) {
            if (logger.isErrorEnabled()) {
                logger.error("{}", text, thrown);
            }
        } else if (level >= EventConstants.WARN_INT) {
            if (logger.isWarnEnabled()) {
                logger.warn("{}", text, thrown);
            }
        } else if (level >= EventConstants.INFO_INT) {
            if (logger.isInfoEnabled()) {
                logger.info("{}", text, thrown);
            }
        } else if (level >= EventConstants.DEBUG_INT) {
            if (logger.isDebugEnabled()) {
                logger.debug("{}", text, thrown);
            }
        } else if (logger.isTraceEnabled()) {
            logger.trace("{}", text, thrown);
        }
    }
}
