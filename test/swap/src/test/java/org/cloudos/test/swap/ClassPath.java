package org.cloudos.test.swap;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarFile;

/** The jars that this test was given. */
final class ClassPath {
    private ClassPath() { }

    /** The jar of that bundle and version. */
    static Path jar(String symbolicName, String version) {
        List<String> seen = new ArrayList<>();
        for (String entry : System.getProperty("java.class.path").split(File.pathSeparator)) {
            if (!entry.endsWith(".jar")) continue;
            try (JarFile jar = new JarFile(entry)) {
                var headers = jar.getManifest().getMainAttributes();
                String name = String.valueOf(headers.getValue("Bundle-SymbolicName")).split(";")[0];
                String has = headers.getValue("Bundle-Version");
                if (name.equals(symbolicName) && (version == null || version.equals(has))) return Path.of(entry);
                seen.add(name + " " + has);
            } catch (IOException e) {
                throw new AssertionError(entry, e);
            }
        }
        throw new AssertionError("no " + symbolicName + " " + version + " among " + seen);
    }

    static Path greeter(String version) {
        return jar("org.cloudos.greeter", version);
    }
}
