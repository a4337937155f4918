package org.cloudos.kernel.swap.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The bundles of the profile that was started, by symbolic name, as its {@code bundles.list} has them: start level,
 * {@code connect} or {@code jar}, file, symbolic name and version, separated by tabs.
 */
record ProfileList(Map<String, Content.Profile> bundles) {

    /** Reads the list; one that is missing or wrong counts as empty: then a bundle's location tells. */
    static ProfileList read(String home) {
        Map<String, Content.Profile> found = new HashMap<>();
        if (home != null) {
            Path folder = Path.of(home);
            try {
                for (String line : Files.readAllLines(folder.resolve("bundles.list"))) {
                    String[] f = line.split("\t");
                    if (f.length < 5 || line.startsWith("#")) continue;
                    found.put(f[3], new Content.Profile(f[4], !f[1].equals("jar"), folder.resolve(f[2])));
                }
            } catch (IOException e) {
                found.clear();
            }
        }
        return new ProfileList(Map.copyOf(found));
    }

    Optional<Content.Profile> find(String symbolicName) {
        return Optional.ofNullable(bundles.get(symbolicName));
    }
}
