package org.cloudos.cli.profile;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.cloudos.cli.Failure;
import org.cloudos.cli.NearestName;

/**
 * The profiles that can be named.
 *
 * @param folder of those that come with CloudOS
 */
public record Profiles(Path folder) {
    /** Taken where none is named. */
    public static final String DEFAULT = "minimal";

    /** A profile by its name, or by the path of anyone's own {@code .bndrun}. */
    public Profile find(String nameOrPath) {
        return Profile.of(ProfileText.read(file(nameOrPath), folder));
    }

    /** The file of a profile that is named so. */
    public Path file(String nameOrPath) {
        boolean isPath = nameOrPath.contains("/") || nameOrPath.endsWith(".bndrun");
        Path file = (isPath ? Path.of(nameOrPath) : folder.resolve(nameOrPath + ".bndrun")).toAbsolutePath().normalize();
        if (!Files.isRegularFile(file)) {
            throw Failure.usage(isPath ? "There is no profile file " + file
                    : "There is no profile '" + nameOrPath + "'." + NearestName.question(nameOrPath, names()),
                    "Profiles: " + String.join(", ", names()), "Or give the path of a .bndrun file of your own");
        }
        return file;
    }

    /** Names of those that come with CloudOS. */
    public List<String> names() {
        return ProfileText.names(folder);
    }
}
