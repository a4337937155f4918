package org.cloudos.health.alerts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.cloudos.metrics.alert.Alert;
import org.cloudos.metrics.alert.Silence;
import org.cloudos.shell.Json;

/** Silences, kept in a file of JSON. A file that is damaged is said to be so and left beside; the alerts are told then. */
public final class Silences {
    private static final System.Logger LOG = System.getLogger(Silences.class.getName());
    private static final int MAX = 200;
    private static final Duration LONGEST = Duration.ofDays(365);

    private final Path file;
    private final Supplier<Instant> clock;
    private final List<Silence> all = new ArrayList<>(); // guarded by this
    private int last;                                    // guarded by this

    /** Reads the file. */
    public Silences(Path file, Supplier<Instant> clock) {
        this.file = file;
        this.clock = clock;
        if (!Files.exists(file)) {
            return;
        }
        try {
            for (Object element : (List<?>) Json.parse(Files.readString(file))) {
                all.add(parse((Map<?, ?>) element));
            }
        } catch (IOException | RuntimeException e) { // of many kinds, and all mean the same
            all.clear();
            LOG.log(System.Logger.Level.WARNING, file + " holds no silences that can be understood, alerts are told: " + e.getMessage());
            aside();
        }
        last = all.stream().mapToInt(Silence::id).max().orElse(0);
    }

    private static Silence parse(Map<?, ?> map) {
        Map<String, String> labels = new TreeMap<>();
        ((Map<?, ?>) map.get("labels")).forEach((k, v) -> labels.put((String) k, (String) v));
        return new Silence(Math.toIntExact((Long) map.get("id")), (String) map.get("rule"), labels,
                Instant.parse((String) map.get("until")), (String) map.get("comment"));
    }

    private void aside() {
        try {
            Files.move(file, file.resolveSibling(file.getFileName() + ".damaged"), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "it stays where it is", e);
        }
    }

    /** Those that have not ended. */
    public synchronized List<Silence> list() {
        Instant now = clock.get();
        all.removeIf(s -> !s.until().isAfter(now));
        return List.copyOf(all);
    }

    /** Adds one; see {@link org.cloudos.metrics.alert.Alerts#silence}. */
    public synchronized Silence add(String rule, Map<String, String> labels, Duration duration, String comment) {
        if (duration.compareTo(Duration.ofSeconds(1)) < 0 || duration.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("expected a duration from a second to 365 days, found " + duration);
        }
        if (list().size() >= MAX) {
            throw new IllegalArgumentException("there are " + MAX + " silences already; end some");
        }
        Silence silence = new Silence(++last, rule, Map.copyOf(labels), clock.get().plus(duration), comment);
        all.add(silence);
        save();
        return silence;
    }

    /** Ends one. */
    public synchronized boolean remove(int id) {
        boolean there = all.removeIf(s -> s.id() == id);
        if (there) {
            save();
        }
        return there;
    }

    /** Whether one of them is about this alert. */
    public boolean silenced(Alert alert) {
        return list().stream().anyMatch(s -> (s.rule().isEmpty() || s.rule().equals(alert.rule()))
                && s.labels().entrySet().stream().allMatch(l -> l.getValue().equals(alert.labels().get(l.getKey()))));
    }

    private void save() {
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(fresh, new Json(all).toString());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "silences can't be kept in " + file + ", and end with a restart: " + e.getMessage());
        }
    }
}
