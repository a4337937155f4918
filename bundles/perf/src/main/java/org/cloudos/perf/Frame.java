package org.cloudos.perf;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** A node of a flame graph: a frame, under the frames that called it. Not thread-safe. */
final class Frame {
    private final String name;
    private final String bundle;
    private final Map<String, Frame> children = new HashMap<>();
    private long total;

    Frame(String name, String bundle) {
        this.name = name;
        this.bundle = bundle;
    }

    /** The child of this name, made when it is not there. */
    Frame child(String childName, String childBundle) {
        return children.computeIfAbsent(childName, n -> new Frame(n, childBundle));
    }

    void add(long weight) {
        total += weight;
    }

    String name() {
        return name;
    }

    String bundle() {
        return bundle;
    }

    long total() {
        return total;
    }

    /** By name, so that equal stacks stand side by side in every graph. */
    List<Frame> children() {
        return children.values().stream().sorted(Comparator.comparing(Frame::name)).toList();
    }
}
