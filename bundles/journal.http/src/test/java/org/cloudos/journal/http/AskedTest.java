package org.cloudos.journal.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Set;
import org.cloudos.journal.Query;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AskedTest {
    private static final Set<String> NAMES = Set.of("q", "last", "after");
    private static final Instant NOW = Instant.parse("2026-01-31T10:00:00Z");

    private static Asked of(String address) throws Asked.Wrong {
        return Asked.of(address, NAMES, 5, NOW);
    }

    @Test
    void theQueryIsDecoded() throws Asked.Wrong {
        Asked asked = of("q=level%3E%3Dwarn+and+message~%C3%A4&last=7&after=12");
        assertEquals(Query.parse("level>=warn and message~\u00e4", NOW), asked.query());
        assertEquals(7, asked.last());
        assertEquals(OptionalLong.of(12), asked.after());
        assertEquals(5, of(null).last());
        assertEquals(Query.ALL, of("").query());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "q=level%3Dloud | q: column 7: expected a level",
        "q=a&q=b | q: expected once",
        "query=a | expected the parameters after, last, q, found query",
        "last=-1 | last: expected a number of 0 to 10000, found -1",
        "last=99999999999999999999 | last: expected a number of 0",
        "after=x%0a%1b[31m | found x\\n\\u001b[31m",
        "q=%zz | expected two hexadecimal digits after %",
        "q=%f | expected two hexadecimal digits after %",
        "q=%ff%fe | expected UTF-8"})
    void whatIsWrongIsTold(String address, String message) {
        String told = assertThrows(Asked.Wrong.class, () -> of(address)).getMessage();
        assertTrue(told.contains(message), told);
    }

    @Test
    void aLongAddressIsRefused() {
        assertThrows(Asked.Wrong.class, () -> of("q=" + "a".repeat(10_000)));
    }

    @Test
    void aLastEventIsThePlaceToGoOnFrom() throws Asked.Wrong {
        Asked asked = of("last=3");
        assertEquals(OptionalLong.of(77), asked.resumed("77").after());
        assertEquals(0, asked.resumed("77").last(), "the client has them");
        for (String nonsense : new String[] {null, "", "-1", "7 7", "9".repeat(19)}) {
            assertEquals(asked, asked.resumed(nonsense));
        }
    }

    @Test
    void aTokenOrALoginAdmits(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("token");
        Readers readers = new Readers(file);
        assertTrue(readers.admits("admin", null));
        assertTrue(!readers.admits(null, "Bearer x"), "no file");
        Files.writeString(file, "\n");
        assertTrue(!readers.admits(null, "Bearer "), "an empty token is none");
        Files.writeString(file, "x\n");
        assertTrue(readers.admits(null, "bearer x"));
        assertTrue(!readers.admits(null, "Bearer y"));
        assertTrue(!readers.admits(null, "Basic x"));
        assertTrue(!readers.admits(null, null));
        assertTrue(!new Readers(null).admits(null, "Bearer x"));
    }
}
