package org.cloudos.journal.logback;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.logging.LogManager;

/**
 * Named by the profile in {@code java.util.logging.config.class}: so that not even the first record goes to the process's
 * error stream, which is the console. The JDK looks for it on the class path, where a profile's bundles are.
 */
public final class JulSetup {
    /** For the JDK. */
    public JulSetup() throws IOException {
        String properties = "handlers=" + JulHandler.class.getName() + "\n.level=INFO\n";
        LogManager.getLogManager().readConfiguration(new ByteArrayInputStream(properties.getBytes(StandardCharsets.ISO_8859_1)));
    }
}
