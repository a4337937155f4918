package org.cloudos.config.layers;

import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.cloudos.config.Source;

/**
 * A file as it was found.
 *
 * @param name  below the configuration folder
 * @param text  null when it could not be read
 * @param fault why not, with the place from 1 where there is one; null when it could
 */
public record Document(Layer layer, String name, String text, Fault fault) {
    /** Why a file can't be read. */
    public record Fault(int line, int column, String message) { }

    /** A file that could be read. */
    public static Document of(Layer layer, String name, String text) {
        return new Document(layer, name, text, null);
    }

    /** Of a file that could not be read, with its place. */
    public Problem problem() {
        return Problem.error(new Source(layer, name, fault.line(), fault.column()), "", fault.message());
    }
}
