package org.cloudos.cli.home;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.cloudos.cli.Failure;

/**
 * Tells the {@code cloudos} script how to start a home: shell assignments, sourced. While it is newer than its
 * inputs, the script starts the JVM without asking Java anything.
 */
public final class LaunchFile {
    private LaunchFile() { }

    /**
     * Writes {@code BUILD/launch}.
     *
     * @param keys public keys that may log in over SSH, besides those in the data folder
     */
    public static Path write(Assembly.Assembled assembled, Path keys) {
        Path home = assembled.home();
        Path file = assembled.buildDir().resolve("launch");
        try {
            String classPath = String.join(":", Files.readAllLines(home.resolve("classpath")));
            String text = """
                    home=%s
                    java=%s
                    class_path=%s
                    main=%s
                    profile=%s
                    keys=%s
                    repositories=%s
                    """.formatted(quote(home.toString()), quote(System.getProperty("java.home") + "/bin/java"),
                    quote(classPath), quote(ProfileHome.MAIN), quote(assembled.profile().name()),
                    quote(keys.toString()), quote(Repositories.ofThisMachine()));
            Path making = file.resolveSibling("launch.making");
            Files.writeString(making, text);
            return Files.move(making, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new Failure("Can't write " + file, e);
        }
    }

    static String quote(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }
}
