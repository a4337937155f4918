package org.cloudos.image;

import java.util.Collection;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * The classes, lambdas and constant-pool entries that a CDS archive is made of, as {@code -XX:DumpLoadedClassList} writes
 * them, brought to one order: classes first, then the {@code @} lines that need them loaded. Dropped: the identifiers,
 * which count loads, and classes with a {@code source:}, which came from other class loaders and from files of that run.
 */
final class ClassList {
    private ClassList() {}

    static List<String> normalise(Collection<String> lines) {
        TreeSet<String> classes = new TreeSet<>();
        TreeSet<String> details = new TreeSet<>();
        for (String line : lines) {
            if (line.isBlank() || line.startsWith("#") || line.contains(" source:")) continue;
            if (line.startsWith("@")) details.add(line.strip());
            else classes.add(line.replaceFirst(" id:.*", "").strip());
        }
        return Stream.concat(classes.stream(), details.stream()).toList();
    }
}
