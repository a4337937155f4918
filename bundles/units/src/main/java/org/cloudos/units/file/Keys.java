package org.cloudos.units.file;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.cloudos.nearest.Nearest;
import org.cloudos.units.Finding;
import org.cloudos.units.Finding.Severity;

/**
 * Every key that systemd documents, and what becomes of it here; the table is the resource {@code keys.txt}. Keys that protect and are
 * not done are told of as {@link Severity#UNPROTECTED}.
 */
public final class Keys {
    /** What becomes of a key. */
    public enum Support {
        /** Does what systemd documents. */
        DONE,
        /** Does most of it; the note says what not. */
        PARTLY,
        /** Has no effect, and nothing is lost or open by that. */
        NONE,
        /** Would protect, and is not done. */
        UNPROTECTED,
        /** A unit that has it can't be started. */
        REFUSED
    }

    /** A key's line in the table. @param note may be empty */
    public record Key(String section, String name, Support support, String note) { }

    private static final Map<String, List<String>> GROUPS = Map.of("exec", List.of("Service", "Socket", "Mount", "Swap"),
            "cgroup", List.of("Service", "Socket", "Mount", "Swap", "Slice", "Scope"), "kill", List.of("Service", "Socket", "Mount", "Swap", "Scope"));
    private static final Map<String, Key> ALL = load();
    private static final Map<String, Map<String, Key>> BY_SECTION = bySection();

    private Keys() { }

    private static Map<String, Key> load() {
        Map<String, Key> all = new TreeMap<>();
        try (InputStream in = Keys.class.getResourceAsStream("keys.txt");
                BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (!line.isBlank() && !line.startsWith("#")) {
                    line(line, all);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Map.copyOf(all);
    }

    private static Map<String, Map<String, Key>> bySection() {
        Map<String, Map<String, Key>> all = new HashMap<>();
        ALL.values().forEach(k -> all.computeIfAbsent(k.section(), s -> new HashMap<>()).put(k.name(), k));
        return all;
    }

    /** {@code SECTION SUPPORT KEY... | NOTE}. */
    private static void line(String line, Map<String, Key> all) {
        String[] parts = line.split(" \\| ", 2);
        String[] words = parts[0].trim().split("\\s+");
        Support support = Support.valueOf(words[1].toUpperCase(java.util.Locale.ROOT));
        for (String section : GROUPS.getOrDefault(words[0], List.of(words[0]))) {
            for (int i = 2; i < words.length; i++) {
                all.put(section + "." + words[i], new Key(section, words[i], support, parts.length > 1 ? parts[1] : ""));
            }
        }
    }

    /** All keys. */
    public static Map<String, Key> all() {
        return ALL;
    }

    /** One key; empty when systemd has none of that name either. */
    public static Optional<Key> find(String section, String name) {
        return Optional.ofNullable(BY_SECTION.getOrDefault(section, Map.of()).get(name));
    }

    /** What is to be told of a unit's lines. */
    public static List<Finding> check(List<Entry> entries, String type) {
        List<Finding> findings = new ArrayList<>();
        Map<String, Boolean> told = new HashMap<>();
        String own = Character.toUpperCase(type.charAt(0)) + type.substring(1);
        for (Entry entry : entries) {
            if (entry.section().startsWith("X-") || entry.key().startsWith("X-") || entry.key().startsWith("-")) {
                continue;
            }
            if (!entry.section().equals("Unit") && !entry.section().equals("Install") && !entry.section().equals(own)) {
                if (told.put("[" + entry.section(), true) == null) {
                    findings.add(new Finding(Severity.WARNING, entry.file(), entry.line(), "", "expected the sections Unit, Install and " + own
                            + ", found " + UnitText.quote(entry.section()) + "; it is ignored"));
                }
            } else {
                about(entry).ifPresent(findings::add);
            }
        }
        return findings;
    }

    private static Optional<Finding> about(Entry entry) {
        Key key = BY_SECTION.getOrDefault(entry.section(), Map.of()).get(entry.key());
        if (key != null && key.support() == Support.DONE) {
            return Optional.empty();
        }
        if (key == null) {
            return Optional.of(new Finding(Severity.WARNING, entry.file(), entry.line(), entry.key(), "no such key in [" + entry.section() + "]"
                    + nearest(entry).map(n -> ", did you mean " + n + "?").orElse("") + " It is ignored"));
        }
        boolean off = Values.tryBool(entry.value()).map(on -> !on).orElse(entry.value().isEmpty());
        return switch (key.support()) {
            case DONE -> Optional.empty();
            case PARTLY -> Optional.of(new Finding(Severity.INFO, entry.file(), entry.line(), entry.key(), key.note()));
            case NONE -> Optional.of(new Finding(Severity.INFO, entry.file(), entry.line(), entry.key(),
                    "not supported, it has no effect" + (key.note().isEmpty() ? "" : ": " + key.note())));
            case UNPROTECTED -> off ? Optional.empty() : Optional.of(new Finding(Severity.UNPROTECTED, entry.file(), entry.line(), entry.key(),
                    "not supported, so this protection is missing" + (key.note().isEmpty() ? "" : ": " + key.note())));
            case REFUSED -> off ? Optional.empty() : Optional.of(new Finding(Severity.ERROR, entry.file(), entry.line(), entry.key(),
                    "not supported, so the unit is not started" + (key.note().isEmpty() ? "" : ": " + key.note())));
        };
    }

    private static Optional<String> nearest(Entry entry) {
        return Nearest.all(entry.key(), ALL.values().stream().filter(k -> k.section().equals(entry.section())).map(Key::name).toList())
                .stream().findFirst();
    }
}
