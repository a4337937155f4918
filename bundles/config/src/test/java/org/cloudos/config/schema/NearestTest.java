package org.cloudos.config.schema;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KEYS = List.of("ssh.port", "ssh.idle", "http.port", "http.timeout");

    @Test
    void findsWhatWasMeant() {
        assertEquals(Optional.of("ssh.port"), Nearest.of("ssh.prot", KEYS));
        assertEquals(Optional.of("ssh.port"), Nearest.of("SSH.Port", KEYS));
        assertEquals(Optional.of("http.timeout"), Nearest.of("http.timeuot", KEYS));
        assertEquals(Optional.of("ssh.idle"), Nearest.of("idle", KEYS));
        assertEquals(Optional.empty(), Nearest.of("zebra", KEYS));
    }
}
