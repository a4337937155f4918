package org.cloudos.journal.logback;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;
import org.cloudos.journal.Levels;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.admin.LoggerAdmin;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.ILoggerFactory;
import org.slf4j.LoggerFactory;

/** Connects all ways of logging with the journal, as long as there is one. */
@Component(service = Levels.class, immediate = true, configurationPid = "org.cloudos.log", property = "cloudos.gate=false")
@Designate(ocd = LogSources.Config.class)
public final class LogSources implements Levels {
    private static final String TOLD = "cloudos.log.told";

    /** The section {@code log} of the system's configuration. */
    @ObjectClassDefinition(name = "Log", description = "What is logged at all")
    public @interface Config {
        /** For all. */
        @AttributeDefinition(name = "Level", description = "The least that is logged: error, warn, info, debug or trace; empty takes what the"
                + " profile says (cloudos.log.level), else info", required = false)
        String level() default "";

        /** For some. */
        @AttributeDefinition(name = "Levels", description = "Of some bundles or loggers, NAME=LEVEL; empty takes what the profile says"
                + " (cloudos.log.levels)", required = false)
        String[] levels() default {};
    }

    private final BundleContext context;
    private final Owners owners;
    private final Consumer<Consumer<ILoggingEvent>> slf4j;
    private final OsgiLog osgi;
    private final LogLevels levels;

    /** Begins with what has waited for the journal. */
    @Activate
    public LogSources(BundleContext context, @Reference Journal journal, @Reference LogReaderService reader, @Reference LoggerAdmin admin,
            Config config) {
        this.context = context;
        ILoggerFactory factory = LoggerFactory.getILoggerFactory();
        if (!(factory instanceof LoggerContext logback)) {
            throw new IllegalStateException("SLF4J: expected Logback behind it, found " + factory.getClass().getName());
        }
        levels = new LogLevels(context, logback, admin);
        levels.configure(rules(config));
        owners = new Owners(context);
        slf4j = JournalConfigurator.appender(logback);
        slf4j.accept(new LogbackEvents(journal, owners));
        osgi = new OsgiLog(reader, journal);
        osgi.follow(OsgiLog.Told.parse(System.getProperty(TOLD)));
        JulHandler.install();
    }

    @Modified
    void change(Config config) {
        levels.configure(rules(config));
    }

    @Deactivate
    void close() {
        osgi.close();
        System.setProperty(TOLD, osgi.told().toString()); // for the next one, which may be another bundle
        slf4j.accept(null);
        owners.close();
    }

    private Map<String, Level> rules(Config config) {
        Map<String, Level> rules = new HashMap<>();
        String level = config.level().isBlank() ? context.getProperty("cloudos.log.level") : config.level();
        put(rules, ROOT, level == null || level.isBlank() ? "info" : level);
        String some = context.getProperty("cloudos.log.levels");
        List<String> pairs = config.levels().length > 0 ? List.of(config.levels()) : some == null ? List.of() : List.of(some.split(","));
        pairs.forEach(pair -> putPair(rules, pair));
        return rules;
    }

    static void putPair(Map<String, Level> rules, String pair) {
        int eq = pair.indexOf('=');
        if (eq <= 0) {
            throw new IllegalArgumentException("levels: expected NAME=LEVEL, found " + pair);
        }
        put(rules, pair.substring(0, eq).strip(), pair.substring(eq + 1));
    }

    static void put(Map<String, Level> rules, String name, String level) {
        rules.put(name, Level.of(level.strip()).orElseThrow(() -> new IllegalArgumentException("level of " + name
                + ": expected error, warn, info, debug or trace, found " + level.strip())));
    }

    @Override public List<Rule> rules() {
        return levels.rules();
    }

    @Override public Level effective(String logger) {
        return levels.effective(logger);
    }

    @Override public void set(String name, Optional<Level> level) {
        levels.set(name, level);
    }
}
