package org.cloudos.nearest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {
    private static final List<String> KEYS = List.of("ssh.port", "ssh.idle", "http.timeout");

    @Test void countsEdits() {
        assertEquals(0, Nearest.edits("abc", "ABC"));
        assertEquals(1, Nearest.edits("statsu", "status"));
        assertEquals(3, Nearest.edits("", "abc"));
        assertEquals(3, Nearest.edits("kitten", "sitting"));
        assertEquals(Integer.MAX_VALUE, Nearest.edits("x".repeat(1_000_000), "x"));
    }

    @Test void theNearestComesFirst() {
        assertEquals(List.of("status", "static"), Nearest.all("statsu", List.of("static", "log", "status", "memory", "status")));
        assertEquals(List.of(), Nearest.all("xyz", List.of("status", "log")));
    }

    @Test void findsWhatWasMeant() {
        assertEquals(Optional.of("ssh.port"), Nearest.of("ssh.prot", KEYS));
        assertEquals(Optional.of("ssh.port"), Nearest.of("SSH.Port", KEYS));
        assertEquals(Optional.of("http.timeout"), Nearest.of("http.timeuot", KEYS));
        assertEquals(Optional.of("boot"), Nearest.of("boto", List.of("bundle", "boot", "profile")));
        assertEquals(Optional.empty(), Nearest.of("zebra", KEYS));
    }

    @Test void aPartStandsForTheWhole() {
        assertEquals(Optional.of("ssh.idle"), Nearest.of("idle", KEYS));
        assertEquals(Optional.of("http.timeout"), Nearest.of("http", KEYS));
        assertEquals(Optional.empty(), Nearest.of("ht", KEYS));
    }
}
