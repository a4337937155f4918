package org.cloudos.test.system;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Programs of others that a test asks. On a desk one may be missing; in CI the project installs it, and a part left out is a failure. */
final class Tools {
    private Tools() { }

    /** Whether it is there. */
    static boolean present(String debianPackage, Path program) {
        boolean there = program != null && Files.isExecutable(program);
        assertTrue(there || !Boolean.parseBoolean(System.getenv("CI")), "Debian's package " + debianPackage + " is missing, and CI must have it");
        return there;
    }
}
