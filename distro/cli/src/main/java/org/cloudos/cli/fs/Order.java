package org.cloudos.cli.fs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;

/**
 * Something to be done to a volume.
 *
 * @param what      one of {@link Work}'s
 * @param arguments by name
 */
record Order(String what, Map<String, String> arguments) {
    /** An argument that must be there. */
    String need(String name) throws IOException {
        String value = arguments.get(name);
        if (value == null) {
            throw new IOException(what + ": expected the argument " + name);
        }
        return value;
    }

    /** Where an order's data and news go. */
    interface Exchange {
        /** How far it has come. */
        void progress(String text) throws IOException;

        /** For what it gives besides its result. */
        OutputStream output() throws IOException;

        /** What it is given. */
        InputStream input() throws IOException;
    }
}
