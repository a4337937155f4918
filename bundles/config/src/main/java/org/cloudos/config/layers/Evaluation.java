package org.cloudos.config.layers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cloudos.config.Change;
import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Section;

/**
 * The tree that the layers give: what is right of it, and what is wrong with it.
 *
 * @param layers  the values of each key that somebody set, the winning one last
 * @param targets what Configuration Admin is to have, by PID; defaults are not in it
 */
public record Evaluation(Schema schema, SortedMap<String, List<Setting>> layers, SortedMap<String, Target> targets,
        List<Problem> problems) {

    /**
     * One PID.
     *
     * @param section null where no bundle declares it
     * @param values  by attribute id; lists are {@code List}s, references are not resolved
     */
    public record Target(Section section, Map<String, Object> values) { }

    /** Nothing at all. */
    public static Evaluation empty() {
        return new Evaluation(new Schema(List.of()), new TreeMap<>(), new TreeMap<>(), List.of());
    }

    /** Whether nothing is wrong, warnings aside. */
    public boolean valid() {
        return problems.stream().noneMatch(p -> p.severity() == Problem.Severity.ERROR);
    }

    /** The settings in force, by key. */
    public SortedMap<String, Setting> settings(boolean defaults) {
        SortedMap<String, Setting> settings = new TreeMap<>();
        if (defaults) {
            for (Section section : schema.sections()) {
                if (section.factory()) {
                    targets.keySet().stream().filter(pid -> pid.startsWith(section.pid() + Schema.INSTANCE))
                            .forEach(pid -> defaults(section, section.name() + pid.substring(section.pid().length()), settings));
                } else {
                    defaults(section, section.name(), settings);
                }
            }
        }
        layers.forEach((key, values) -> settings.put(key, values.getLast()));
        return settings;
    }

    private static void defaults(Section section, String prefix, SortedMap<String, Setting> into) {
        for (Attribute attribute : section.attributes().values()) {
            attribute.byDefault().ifPresent(value -> {
                String key = prefix + "." + attribute.name();
                into.put(key, new Setting(key, value, Source.of(Layer.DEFAULT, section.bundle())));
            });
        }
    }

    /** One setting in force, by any of its spellings. */
    public Optional<Setting> setting(String key) {
        Optional<Schema.Key> known = schema.key(key);
        String canonical = known.map(Schema.Key::text).orElse(key);
        List<Setting> set = layers.get(canonical);
        if (set != null) {
            return Optional.of(set.getLast());
        }
        return known.flatMap(k -> k.attribute().byDefault()
                .map(value -> new Setting(canonical, value, Source.of(Layer.DEFAULT, k.section().bundle()))));
    }

    /** What is different in the settings from an older tree to this one. */
    public List<Change.Difference> since(Evaluation older) {
        SortedMap<String, Setting> before = older.settings(false);
        SortedMap<String, Setting> after = settings(false);
        SortedMap<String, Change.Difference> all = new TreeMap<>();
        before.forEach((key, was) -> all.put(key, new Change.Difference(key, was.value(), value(after, key))));
        after.forEach((key, is) -> all.putIfAbsent(key, new Change.Difference(key, older.value(before, key), is.value())));
        List<Change.Difference> differences = new ArrayList<>(all.values());
        differences.removeIf(d -> d.before() == null ? d.after() == null : d.before().equals(d.after()));
        return List.copyOf(differences);
    }

    /** In a difference, what is not set has its default. */
    private Object value(SortedMap<String, Setting> settings, String key) {
        Setting set = settings.get(key);
        return set != null ? set.value() : schema.key(key).flatMap(k -> k.attribute().byDefault()).orElse(null);
    }
}
