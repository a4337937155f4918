package org.cloudos.shell;

import java.io.InputStream;
import java.io.OutputStream;
import org.jline.terminal.Terminal;
import org.osgi.annotation.versioning.ProviderType;

/** Opens sessions of the system's shell. Thread-safe; each session has its own variables and current folder. */
@ProviderType
public interface Shell {
    /**
     * Runs an interactive session until the user logs out, the terminal ends or the thread is interrupted. The
     * terminal stays open.
     */
    void session(Terminal terminal);

    /**
     * Runs one line without a terminal. Tables are as wide as their data and carry no colours.
     *
     * @param err takes a failed command's message, in plain words
     * @return 0, or 1 when the line failed
     */
    int run(String line, InputStream in, OutputStream out, OutputStream err);
}
