package org.cloudos.log;

import java.io.File;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.Map;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.LogService;
import org.osgi.service.log.Logger;
import org.osgi.service.log.admin.LoggerAdmin;
import org.osgi.service.log.admin.LoggerContext;
import org.osgi.util.tracker.ServiceTracker;

/**
 * Follows the OSGi log, keeps its newest entries and writes them down; opens the way for SLF4J. An activator, so
 * that components that fail before Declarative Services is up are in the log too.
 */
public final class LogActivator implements BundleActivator {
    private static final String OURS = "cloudos.journal";
    private static final int MAX_BYTES = 1 << 20;
    private static final int FILES = 4;

    private Journal journal;
    private ServiceTracker<LogReaderService, LogReaderService> readers;
    private ServiceTracker<LoggerAdmin, LoggerAdmin> admins;

    /** For the framework. */
    public LogActivator() { }

    @Override
    public void start(BundleContext context) throws InvalidSyntaxException {
        String data = context.getProperty("cloudos.data");
        Path file = data == null ? null : new File(data, "log/cloudos.log").toPath();
        journal = new Journal(file == null ? null : new LogFile(file, MAX_BYTES, FILES));
        followReaders(context);
        followAdmins(context, levels(context));
        Hashtable<String, Object> properties = new Hashtable<>();
        properties.put(OURS, true);
        properties.put(Constants.SERVICE_RANKING, 100);
        context.registerService(LogReaderService.class, journal, properties);
    }

    private void followReaders(BundleContext context) throws InvalidSyntaxException {
        Filter others = context.createFilter(
                "(&(objectClass=" + LogReaderService.class.getName() + ")(!(" + OURS + "=true)))");
        readers = new ServiceTracker<>(context, others, null) {
            @Override
            public LogReaderService addingService(ServiceReference<LogReaderService> reference) {
                LogReaderService reader = super.addingService(reference);
                journal.follow(reader);
                return reader;
            }

            @Override
            public void removedService(ServiceReference<LogReaderService> reference, LogReaderService reader) {
                journal.leave(reader);
                super.removedService(reference, reader);
            }
        };
        readers.open();
    }

    /**
     * The log's levels are set when its {@link LoggerAdmin} comes, which is the last of its services; so only then does
     * SLF4J begin to use it.
     */
    private void followAdmins(BundleContext context, Map<String, LogLevel> levels) {
        admins = new ServiceTracker<>(context, LoggerAdmin.class, null) {
            private LogService attached;

            @Override
            public LoggerAdmin addingService(ServiceReference<LoggerAdmin> reference) {
                LoggerAdmin admin = super.addingService(reference);
                LoggerContext root = admin.getLoggerContext(null);
                // What a configuration has set already stays.
                if (root.isEmpty()) {
                    root.setLogLevels(levels);
                }
                ServiceReference<LogService> log = context.getServiceReference(LogService.class);
                attached = log == null ? null : context.getService(log);
                Slf4jLog.attach(attached);
                return admin;
            }

            @Override
            public void removedService(ServiceReference<LoggerAdmin> reference, LoggerAdmin admin) {
                Slf4jLog.detach(attached);
                super.removedService(reference, admin);
            }
        };
        admins.open();
    }

    /** {@code cloudos.log.level=INFO} for all, {@code cloudos.log.levels=NAME=LEVEL,...} for some. */
    private static Map<String, LogLevel> levels(BundleContext context) {
        Map<String, LogLevel> levels = new HashMap<>();
        put(levels, Logger.ROOT_LOGGER_NAME, context.getProperty("cloudos.log.level"));
        levels.putIfAbsent(Logger.ROOT_LOGGER_NAME, LogLevel.INFO);
        String some = context.getProperty("cloudos.log.levels");
        for (String pair : some == null ? new String[0] : some.split(",")) {
            int eq = pair.indexOf('=');
            if (eq > 0) {
                put(levels, pair.substring(0, eq).trim(), pair.substring(eq + 1));
            }
        }
        return levels;
    }

    private static void put(Map<String, LogLevel> levels, String name, String level) {
        if (level != null) {
            try {
                levels.put(name, LogLevel.valueOf(level.trim().toUpperCase(java.util.Locale.ROOT)));
            } catch (IllegalArgumentException e) {
                System.err.println("cloudos: log level of " + name
                        + ": expected ERROR, WARN, INFO, DEBUG or TRACE, found " + level.trim());
            }
        }
    }

    @Override
    public void stop(BundleContext context) {
        readers.close();
        admins.close();
        journal.close();
    }
}
