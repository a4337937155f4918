package org.cloudos.fs.tools;

import java.util.List;
import java.util.stream.Collectors;
import org.cloudos.fs.FileSystem;

/** Finds an open volume by what people call it. */
final class OpenVolumes {
    private OpenVolumes() { }

    /** @param name an identity, the beginning of one, or a label, where only one volume has it */
    static FileSystem find(List<FileSystem> open, String name) {
        List<FileSystem> exact = open.stream().filter(f -> identity(f).equals(name)).toList();
        List<FileSystem> alike = exact.isEmpty()
                ? open.stream().filter(f -> f.info().label().equals(name) || name.length() >= 4 && identity(f).startsWith(name)).toList() : exact;
        if (alike.size() != 1) {
            throw new IllegalArgumentException("volume: expected the identity or label of an open one ("
                    + open.stream().map(f -> identity(f) + " " + f.info().label()).collect(Collectors.joining(", ")) + "), found " + name
                    + (alike.isEmpty() ? "" : ", which several have"));
        }
        return alike.getFirst();
    }

    /** As the other services take it. */
    static String identity(List<FileSystem> open, String name) {
        return identity(find(open, name));
    }

    private static String identity(FileSystem volume) {
        return volume.info().volume().toString();
    }
}
