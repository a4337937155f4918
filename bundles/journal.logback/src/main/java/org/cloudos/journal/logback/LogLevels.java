package org.cloudos.journal.logback;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import java.net.URL;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cloudos.journal.Level;
import org.cloudos.journal.Levels;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.admin.LoggerAdmin;

/**
 * Levels of Logback and of the OSGi log, kept the same. A bundle's rule becomes rules of its packages in Logback, and of its
 * context in the OSGi log. Thread-safe.
 */
final class LogLevels implements Levels {
    private final BundleContext context;
    private final LoggerContext logback;
    private final LoggerAdmin osgi;
    private final Map<String, Level> configured = new TreeMap<>(); // guarded by this
    private final Map<String, Level> live = new TreeMap<>();       // guarded by this
    private final Set<String> touched = new TreeSet<>();           // Logback's loggers that have a level of ours; guarded by this
    private final Set<String> contexts = new TreeSet<>();          // bundles that have a level of ours in the OSGi log; guarded by this

    LogLevels(BundleContext context, LoggerContext logback, LoggerAdmin osgi) {
        this.context = context;
        this.logback = logback;
        this.osgi = osgi;
    }

    /** The rules from the configuration; live ones stay above them. */
    synchronized void configure(Map<String, Level> rules) {
        configured.clear();
        configured.putAll(rules);
        configured.putIfAbsent(ROOT, Level.INFO);
        apply();
    }

    @Override public synchronized List<Rule> rules() {
        List<Rule> rules = new ArrayList<>();
        Set<String> names = new TreeSet<>(configured.keySet());
        names.addAll(live.keySet());
        names.remove(ROOT);
        rules.add(rule(ROOT));
        names.forEach(name -> rules.add(rule(name)));
        return rules;
    }

    private Rule rule(String name) {
        boolean changed = live.containsKey(name);
        return new Rule(name, bundle(name).isPresent(), changed ? live.get(name) : configured.get(name), changed ? "live" : "configured");
    }

    @Override public Level effective(String logger) {
        Logger nearest = logback.exists(logger);
        String name = logger;
        while (nearest == null && name.lastIndexOf('.') > 0) {
            name = name.substring(0, name.lastIndexOf('.'));
            nearest = logback.exists(name);
        }
        return LogbackEvents.level((nearest == null ? logback.getLogger(ROOT) : nearest).getEffectiveLevel());
    }

    @Override public synchronized void set(String name, Optional<Level> level) {
        if (name.isBlank()) {
            throw new IllegalArgumentException("name: expected a bundle, the beginning of loggers' names or " + ROOT + ", found nothing");
        }
        if (level.isPresent()) {
            live.put(name, level.get());
        } else if (live.remove(name) == null) {
            throw new IllegalArgumentException(name + " has no live level that could be taken back; log:level shows all");
        }
        apply();
    }

    private void apply() {
        Map<String, Level> rules = new TreeMap<>(configured);
        rules.putAll(live);
        Map<String, Level> loggers = new HashMap<>();
        Map<String, Level> bundles = new HashMap<>();
        rules.forEach((name, level) -> bundle(name).ifPresentOrElse(b -> {
            bundles.put(name, level);
            packages(b).forEach(p -> loggers.putIfAbsent(p, level));
        }, () -> loggers.put(name, level)));
        loggers.putAll(without(rules, bundles.keySet())); // a rule for a package by its name is nearer than its bundle's
        applyToLogback(loggers);
        applyToOsgi(without(rules, bundles.keySet()), bundles);
        JulHandler.least(Collections.min(rules.values()));
    }

    private static Map<String, Level> without(Map<String, Level> rules, Set<String> names) {
        Map<String, Level> rest = new HashMap<>(rules);
        rest.keySet().removeAll(names);
        return rest;
    }

    private void applyToLogback(Map<String, Level> loggers) {
        for (String name : touched) {
            if (!loggers.containsKey(name) && !name.equals(ROOT)) {
                logback.getLogger(name).setLevel(null);
            }
        }
        touched.clear();
        loggers.forEach((name, level) -> {
            logback.getLogger(name).setLevel(ch.qos.logback.classic.Level.toLevel(level.name()));
            touched.add(name);
        });
    }

    private void applyToOsgi(Map<String, Level> loggers, Map<String, Level> bundles) {
        osgi.getLoggerContext(null).setLogLevels(osgi(loggers));
        for (String name : contexts) {
            if (!bundles.containsKey(name)) {
                osgi.getLoggerContext(name).clear();
            }
        }
        contexts.clear();
        bundles.forEach((name, level) -> {
            osgi.getLoggerContext(name).setLogLevels(Map.of(ROOT, LogLevel.valueOf(level.name())));
            contexts.add(name);
        });
    }

    private static Map<String, LogLevel> osgi(Map<String, Level> rules) {
        Map<String, LogLevel> levels = new HashMap<>();
        rules.forEach((name, level) -> levels.put(name, LogLevel.valueOf(level.name())));
        return levels;
    }

    private Optional<Bundle> bundle(String name) {
        for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
                return Optional.of(bundle);
            }
        }
        return Optional.empty();
    }

    private static Set<String> packages(Bundle bundle) {
        Set<String> packages = new TreeSet<>();
        Enumeration<URL> classes = bundle.findEntries("/", "*.class", true);
        while (classes != null && classes.hasMoreElements()) {
            String path = classes.nextElement().getPath();
            int end = path.lastIndexOf('/');
            String folder = path.substring(path.startsWith("/") ? 1 : 0, Math.max(end, path.startsWith("/") ? 1 : 0));
            if (!folder.isEmpty() && !folder.startsWith("META-INF") && !folder.startsWith("OSGI-INF")) {
                packages.add(folder.replace('/', '.'));
            }
        }
        return packages;
    }
}
