package org.cloudos.units.file;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;

/**
 * A unit's values by section and key. A value that can't be understood becomes a finding, and is treated as if it were not there,
 * which is systemd's way. An empty value takes back all of its key that came before.
 */
public final class Settings {
    // By section, then key. A unit asks for some hundred keys that it does not have: no text is put together for that.
    private final Map<String, Map<String, List<Entry>>> entries = new LinkedHashMap<>();
    private final Map<String, Set<String>> emptied = new HashMap<>();
    private final UnaryOperator<String> specifiers;
    private final Consumer<Finding> findings;

    public Settings(List<Entry> all, UnaryOperator<String> specifiers, Consumer<Finding> findings) {
        this.specifiers = specifiers;
        this.findings = findings;
        for (Entry entry : all) {
            List<Entry> list = entries.computeIfAbsent(entry.section(), k -> new LinkedHashMap<>()).computeIfAbsent(entry.key(), k -> new ArrayList<>());
            if (entry.value().isEmpty()) {
                list.clear();
                emptied.computeIfAbsent(entry.section(), k -> new HashSet<>()).add(entry.key());
            } else {
                list.add(entry);
            }
        }
    }

    /** What specifiers stand for here. */
    public UnaryOperator<String> specifiers() {
        return specifiers;
    }

    /** Whether a key has a value. */
    public boolean has(String section, String key) {
        return !entries(section, key).isEmpty();
    }

    /** The keys that are there, with a value or set to nothing, in the order in which they came first. */
    public Set<String> keys(String section) {
        return entries.getOrDefault(section, Map.of()).keySet();
    }

    /** Whether one of these keys is there, with a value or set to nothing. */
    public boolean hasAny(String section, Set<String> keys) {
        for (String key : keys(section)) {
            if (keys.contains(key)) {
                return true;
            }
        }
        return false;
    }

    /** Whether a key was set to nothing, which for some keys means something else than not to be there. */
    public boolean emptied(String section, String key) {
        return emptied.getOrDefault(section, Set.of()).contains(key);
    }

    /** All lines of a key since it was last set to nothing. */
    public List<Entry> entries(String section, String key) {
        Map<String, List<Entry>> of = entries.get(section);
        List<Entry> found = of == null ? null : of.get(key);
        return found == null ? List.of() : found;
    }

    /** The last value that {@code read} understands. */
    public <T> Optional<T> get(String section, String key, Function<String, T> read) {
        List<Entry> lines = entries(section, key);
        for (int i = lines.size() - 1; i >= 0; i--) {
            Optional<T> value = attempt(lines.get(i), read);
            if (value.isPresent()) {
                return value;
            }
        }
        return Optional.empty();
    }

    /** What {@code read} makes of a line, or a finding. */
    public <T> Optional<T> attempt(Entry entry, Function<String, T> read) {
        try {
            return Optional.ofNullable(read.apply(entry.value()));
        } catch (IllegalArgumentException e) {
            findings.accept(new Finding(Severity.WARNING, entry.file(), entry.line(), entry.key(), e.getMessage() + "; the line is ignored"));
            return Optional.empty();
        }
    }

    /** A finding about a line. */
    public void find(Severity severity, Entry entry, String message) {
        findings.accept(new Finding(severity, entry.file(), entry.line(), entry.key(), message));
    }

    /** A finding about the unit. */
    public void find(Severity severity, String key, String message) {
        Entry entry = entries.values().stream().flatMap(of -> of.values().stream()).flatMap(List::stream)
                .filter(e -> e.key().equals(key)).findFirst().orElse(null);
        findings.accept(new Finding(severity, entry == null ? "" : entry.file(), entry == null ? 0 : entry.line(), key, message));
    }

    /** Text with specifiers filled in. */
    public String text(String section, String key, String absent) {
        return get(section, key, specifiers).orElse(absent);
    }

    /** One of some words. */
    public String word(String section, String key, String absent, List<String> words) {
        return get(section, key, v -> {
            if (!words.contains(v)) {
                throw new IllegalArgumentException("expected " + String.join(", ", words) + ", found " + UnitText.quote(v));
            }
            return v;
        }).orElse(absent);
    }

    /** A truth value. */
    public boolean bool(String section, String key, boolean absent) {
        return get(section, key, Values::bool).orElse(absent);
    }

    /** A span of time. */
    public Duration span(String section, String key, Duration absent) {
        return get(section, key, Values::span).orElse(absent);
    }

    /** A whole number. */
    public int number(String section, String key, int absent, int least, int most) {
        return get(section, key, v -> Values.number(v, least, most)).orElse(absent);
    }

    /** Words of all lines, quotes and escapes resolved, specifiers filled in. */
    public List<String> words(String section, String key) {
        return list(section, key, v -> filled(Words.split(v)));
    }

    /** Names of units of all lines. */
    public List<String> names(String section, String key) {
        return list(section, key, v -> filled(Words.plain(v)));
    }

    /** Words with specifiers filled in. */
    public List<String> filled(List<String> words) {
        List<String> all = new ArrayList<>(words.size());
        for (String word : words) {
            all.add(specifiers.apply(word));
        }
        return all;
    }

    /** What {@code read} makes of each line, in one list. */
    public <T> List<T> list(String section, String key, Function<String, List<T>> read) {
        List<Entry> lines = entries(section, key);
        if (lines.isEmpty()) {
            return List.of();
        }
        List<T> all = new ArrayList<>();
        for (Entry entry : lines) {
            attempt(entry, read).ifPresent(all::addAll);
        }
        return all;
    }
}
