package org.cloudos.config;

/**
 * The place of a value.
 *
 * @param name   of the file below the configuration folder, of the variable or the property; the PID for a default
 * @param line   from 1; 0 where there are no lines
 * @param column from 1; 0 where there are no lines
 */
public record Source(Layer layer, String name, int line, int column) {
    /** A place without lines. */
    public static Source of(Layer layer, String name) {
        return new Source(layer, name, 0, 0);
    }

    /** {@code conf.d/10-site.yaml:3:5}. */
    @Override public String toString() {
        return line == 0 ? name : name + ":" + line + ":" + column;
    }
}
