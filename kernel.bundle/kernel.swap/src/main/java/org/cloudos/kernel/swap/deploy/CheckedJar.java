package org.cloudos.kernel.swap.deploy;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.osgi.framework.Version;

/**
 * A jar that {@link JarCheck} found to be a whole bundle.
 *
 * @param name    as the user gave it
 * @param headers of the main section of its manifest
 */
record CheckedJar(String name, Path file, String sha256, String symbolicName, Version version,
        Map<String, String> headers) {

    CheckedJar {
        Map<String, String> anyCase = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        anyCase.putAll(headers);
        headers = Collections.unmodifiableMap(anyCase);
    }

    boolean isFragment() {
        return headers.containsKey("Fragment-Host");
    }
}
