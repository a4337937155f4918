package org.cloudos.log;

import org.osgi.framework.Bundle;
import org.osgi.service.log.LogService;
import org.osgi.service.log.Logger;
import org.slf4j.Marker;
import org.slf4j.event.Level;
import org.slf4j.helpers.LegacyAbstractLogger;
import org.slf4j.helpers.MessageFormatter;

/** One SLF4J logger of one bundle. While there is no log service, it takes everything from INFO up. */
final class Slf4jLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1L;

    /** The OSGi logger, and the service that it is of: after a swap of the log it is made anew. */
    private record Target(LogService service, Logger logger) { }

    private final transient Bundle bundle;
    private transient volatile Target target;

    /** @param bundle null when no bundle asked for it */
    Slf4jLogger(Bundle bundle, String name) {
        this.bundle = bundle;
        this.name = name;
    }

    private Logger osgi() {
        LogService service = Slf4jLog.service();
        if (service == null) {
            return null;
        }
        Target now = target;
        if (now == null || now.service() != service) {
            now = new Target(service, Slf4jLog.logger(service, bundle, name));
            target = now;
        }
        return now.logger();
    }

    @Override
    public boolean isTraceEnabled() {
        Logger logger = osgi();
        return logger != null && logger.isTraceEnabled();
    }

    @Override
    public boolean isDebugEnabled() {
        Logger logger = osgi();
        return logger != null && logger.isDebugEnabled();
    }

    @Override
    public boolean isInfoEnabled() {
        Logger logger = osgi();
        return logger == null || logger.isInfoEnabled();
    }

    @Override
    public boolean isWarnEnabled() {
        Logger logger = osgi();
        return logger == null || logger.isWarnEnabled();
    }

    @Override
    public boolean isErrorEnabled() {
        Logger logger = osgi();
        return logger == null || logger.isErrorEnabled();
    }

    @Override
    protected void handleNormalizedLoggingCall(Level level, Marker marker, String pattern, Object[] arguments,
            Throwable thrown) {
        String text = MessageFormatter.basicArrayFormat(pattern, arguments);
        Logger logger = osgi();
        if (logger == null) {
            Slf4jLog.await(bundle, name, level.toInt(), text, thrown);
        } else {
            Slf4jLog.write(logger, level.toInt(), text, thrown);
        }
    }

    @Override
    protected String getFullyQualifiedCallerName() {
        return null; // The OSGi log finds the caller itself.
    }
}
