package org.cloudos.config.yaml;

import java.util.List;

/** A node of a document: aliases and merges are resolved, and there is no limit left to watch. */
public sealed interface Yaml {
    /**
     * Where a node stands.
     *
     * @param line   from 1
     * @param column from 1
     * @param start  index of its first character in the text
     * @param end    index behind its last character
     */
    record Place(int line, int column, int start, int end) { }

    /** Where. */
    Place place();

    /** What a plain scalar means without a schema. Quoted ones are text. */
    enum Kind { TEXT, INTEGER, DECIMAL, BOOLEAN, NULL }

    /**
     * A scalar.
     *
     * @param text as it was written, without quotes: no conversion has taken anything away
     */
    record Scalar(Place place, String text, Kind kind) implements Yaml { }

    /** A list. */
    record Sequence(Place place, List<Yaml> items) implements Yaml { }

    /**
     * A mapping whose keys are scalars, each once.
     *
     * @param flow written as {@code {a: 1}}
     */
    record Mapping(Place place, List<Member> members, boolean flow) implements Yaml { }

    /**
     * A mapping's entry.
     *
     * @param merged came through a merge key, so its place is elsewhere
     */
    record Member(Scalar key, Yaml value, boolean merged) { }
}
