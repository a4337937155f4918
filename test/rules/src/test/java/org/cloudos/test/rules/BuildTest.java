package org.cloudos.test.rules;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.cloudos.cli.Checkout;
import org.cloudos.cli.profile.Profile;
import org.cloudos.cli.profile.ProfileDifference;
import org.cloudos.cli.profile.Profiles;
import org.cloudos.cli.profile.Repository;
import org.cloudos.cli.profile.Resolution;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the build made. */
class BuildTest {
    /** What tells of the machine, its user or the moment of the build. */
    private static final Set<String> TRACES = Set.of("Bnd-LastModified", "Built-By", "Build-Jdk", "Build-Date", "Built-On", "Build-Time");

    @TempDir Path scratch;

    @Test void jarsAreReproducible() throws IOException {
        List<String> wrong = new ArrayList<>();
        for (House.Module module : House.bundles()) {
            try (JarFile jar = new JarFile(module.jar().toFile())) {
                Set<Long> times = new TreeSet<>();
                jar.stream().forEach(entry -> times.add(entry.getTime()));
                if (times.size() > 1) {
                    wrong.add(module.path() + ": entries have " + times.size() + " different times");
                }
                for (Object key : jar.getManifest().getMainAttributes().keySet()) {
                    if (TRACES.contains(((Attributes.Name) key).toString())) {
                        wrong.add(module.path() + ": the manifest has " + key);
                    }
                }
            }
        }
        assertEquals(List.of(), wrong, "same sources, same bytes");
    }

    @Test void lockedProfilesAreUpToDate() {
        Checkout checkout = new Checkout(House.ROOT);
        Profiles profiles = new Profiles(checkout.profiles());
        Repository repository = Repository.own(checkout);
        for (String name : profiles.names()) {
            Profile profile = profiles.find(name);
            assertTrue(profile.locked(), name + " has no locked list: ./cloudos profile resolve " + name);
            assertEquals(List.of(), ProfileDifference.bundles(profile.bundles(), new Resolution(profile, repository, scratch).bundles()),
                    "out of date: ./cloudos profile resolve " + name);
        }
    }

    @Test void everyFolderOfABundleIsInTheBuild() throws IOException {
        List<String> known = House.modules().stream().map(House.Module::path).toList();
        List<String> forgotten = new ArrayList<>();
        for (Path pom : House.sources("/pom.xml")) {
            String module = House.name(pom.getParent());
            if (!module.isEmpty() && !module.equals("cnf") && !module.startsWith("test/") && !known.contains(module)) {
                forgotten.add(module);
            }
        }
        assertEquals(List.of(), forgotten, "add to the root pom.xml");
        assertTrue(Files.isExecutable(House.ROOT.resolve("cloudos")));
    }
}
