package org.cloudos.cli.profile;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** What is different between two profiles. */
public record ProfileDifference(List<Line> bundles, List<Line> requires, List<Line> properties, List<Line> vm) {
    /**
     * One difference.
     *
     * @param from empty when it is added
     * @param to   empty when it is gone
     */
    public record Line(String name, String from, String to) {
        @Override public String toString() {
            return from.isEmpty() ? "+ " + name + (to.equals(name) ? "" : " " + to)
                    : to.isEmpty() ? "- " + name + (from.equals(name) ? "" : " " + from)
                    : "~ " + name + " " + from + " -> " + to;
        }
    }

    /** Compares. */
    public static ProfileDifference of(Profile a, Profile b) {
        return new ProfileDifference(bundles(a.bundles(), b.bundles()), lines(same(a.requires()), same(b.requires())),
                lines(a.properties(), b.properties()), lines(same(a.vm()), same(b.vm())));
    }

    /** Compares two locked lists: versions and start levels. */
    public static List<Line> bundles(List<Profile.LockedBundle> a, List<Profile.LockedBundle> b) {
        return lines(versions(a), versions(b));
    }

    /** Whether there is none. */
    public boolean isEmpty() {
        return bundles.isEmpty() && requires.isEmpty() && properties.isEmpty() && vm.isEmpty();
    }

    private static Map<String, String> versions(List<Profile.LockedBundle> bundles) {
        Map<String, String> map = new TreeMap<>();
        bundles.forEach(x -> map.put(x.symbolicName(), x.version().replaceFirst("^\\[([^,]+),.*", "$1")
                + (x.startLevel() == 1 ? " (level 1)" : "")));
        return map;
    }

    private static Map<String, String> same(List<String> values) {
        Map<String, String> map = new LinkedHashMap<>();
        values.forEach(v -> map.put(v, v));
        return map;
    }

    private static List<Line> lines(Map<String, String> a, Map<String, String> b) {
        List<Line> lines = new ArrayList<>();
        TreeSet<String> keys = new TreeSet<>(a.keySet());
        keys.addAll(b.keySet());
        for (String key : keys) {
            String from = a.getOrDefault(key, ""), to = b.getOrDefault(key, "");
            if (!from.equals(to)) {
                lines.add(new Line(key, from, to));
            }
        }
        return lines;
    }
}
