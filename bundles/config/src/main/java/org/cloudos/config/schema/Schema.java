package org.cloudos.config.schema;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cloudos.nearest.Nearest;

/** All sections that the bundles of the system declare. Immutable. */
public final class Schema {
    /** What separates a factory's name from an instance's, as Configuration Admin has it. */
    public static final char INSTANCE = '~';
    private final SortedMap<String, Section> sections = new TreeMap<>();

    /** Of these sections; of two with the same name the first one counts. */
    public Schema(Collection<Section> all) {
        all.forEach(s -> sections.putIfAbsent(s.name(), s));
    }

    /** By name. */
    public Collection<Section> sections() {
        return sections.values();
    }

    /** The section that is written like this, by its name or its PID; without an instance. */
    public Optional<Section> find(String nameOrPid) {
        Section named = sections.get(nameOrPid);
        return named != null ? Optional.of(named) : Optional.ofNullable(sections.get(ShortNames.section(nameOrPid)));
    }

    /** Whether a section's name or PID begins with this path. */
    public boolean leadsTo(String path) {
        String prefix = path + ".";
        return sections.values().stream().anyMatch(s -> s.name().startsWith(prefix) || s.pid().startsWith(prefix));
    }

    /** A key taken apart: {@code ssh.port}, {@code org.cloudos.ssh.port}, {@code timer~daily.at}. */
    public record Key(Section section, String instance, Attribute attribute) {
        /** In its canonical form. */
        public String text() {
            return prefix() + "." + attribute.name();
        }

        /** The section with its instance. */
        public String prefix() {
            return section.name() + (instance.isEmpty() ? "" : INSTANCE + instance);
        }

        /** The PID, with its instance. */
        public String pid() {
            return section.pid() + (instance.isEmpty() ? "" : INSTANCE + instance);
        }

        /** Spellings of the section, the canonical one first. */
        public List<String> sectionSpellings() {
            return prefix().equals(pid()) ? List.of(prefix()) : List.of(prefix(), pid());
        }

        /** Spellings of the name. */
        public List<String> nameSpellings() {
            return attribute.name().equals(attribute.id()) ? List.of(attribute.id()) : List.of(attribute.name(), attribute.id());
        }
    }

    /** The key that a text names, with the longest section that fits. */
    public Optional<Key> key(String text) {
        for (int dot = text.lastIndexOf('.'); dot > 0; dot = text.lastIndexOf('.', dot - 1)) {
            String head = text.substring(0, dot);
            int tilde = head.indexOf(INSTANCE);
            Optional<Section> section = find(tilde < 0 ? head : head.substring(0, tilde));
            String name = text.substring(dot + 1);
            String instance = tilde < 0 ? "" : head.substring(tilde + 1);
            if (section.isPresent() && section.get().factory() != instance.isEmpty()) {
                Optional<Attribute> attribute = section.get().find(name);
                if (attribute.isPresent()) {
                    return Optional.of(new Key(section.get(), instance, attribute.get()));
                }
            }
        }
        return Optional.empty();
    }

    /** All keys; an instance of a factory is {@code ~*}. */
    public List<String> keys() {
        List<String> keys = new ArrayList<>();
        for (Section section : sections.values()) {
            section.attributes().keySet().forEach(n -> keys.add(section.name() + (section.factory() ? "~*." : ".") + n));
        }
        return keys;
    }

    /** {@code " did you mean ssh.port?"}, or nothing. */
    public static String question(String word, Collection<String> known) {
        return Nearest.of(word, known).map(near -> " did you mean " + near + "?").orElse("");
    }

    /** {@code "; did you mean ssh.port?"}, or nothing. */
    public String nearest(String key) {
        int tilde = key.indexOf(INSTANCE);
        int dot = tilde < 0 ? -1 : key.indexOf('.', tilde);
        String instance = tilde < 0 || dot < 0 ? "" : key.substring(tilde, dot);
        String plain = instance.isEmpty() ? key : key.substring(0, tilde) + "~*" + key.substring(dot);
        List<String> all = new ArrayList<>(keys());
        String near = question(plain, all);
        return near.isEmpty() ? "" : ";" + (instance.isEmpty() ? near : near.replace("~*", instance));
    }
}
