package org.cloudos.weblogin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PasswordTest {
    @TempDir
    Path folder;

    @Test
    void isMadeOnceAndOnlyForUs() throws Exception {
        Path file = folder.resolve("web/password");
        Password made = Password.of(file, new Random(1));
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
        assertEquals(made, Password.of(file, new Random(2)));
        assertEquals(24, made.text().length());
    }

    @Test
    void admitsTheOperatorAlone() {
        Password password = new Password("secret");
        assertTrue(password.admits(basic("admin:secret")));
        assertTrue(password.admits("basic " + basic("admin:secret").substring(6)));
        for (String wrong : new String[] {"admin:admin", "admin:", "root:secret", "admin:secret2", ""}) {
            assertFalse(password.admits(basic(wrong)), wrong);
        }
        assertFalse(password.admits(null));
        assertFalse(password.admits("Basic ***"));
        assertFalse(password.admits("Bearer secret"));
    }

    @Test
    void anEmptyFileOpensNothing() throws Exception {
        Path file = Files.createFile(folder.resolve("password"));
        assertThrows(IOException.class, () -> Password.of(file, new Random(1)));
    }

    private static String basic(String userAndPassword) {
        return "Basic " + Base64.getEncoder().encodeToString(userAndPassword.getBytes(StandardCharsets.UTF_8));
    }
}
