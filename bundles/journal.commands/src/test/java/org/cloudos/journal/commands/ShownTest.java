package org.cloudos.journal.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.cloudos.journal.Entry;
import org.cloudos.journal.JsonLine;
import org.cloudos.journal.Level;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;

class ShownTest {
    private static final Entry ENTRY = Entry.at(Level.WARN, "a\n\u001b[2Jb").time(0).thread("t").bundle("org.cloudos.ssh").logger("l")
            .exception("x.Y: z\n  at q").with("k", "v\r").build();

    @Test void nothingLoggedReachesTheTerminal() {
        assertEquals("a\\n\\u001b[2Jb: x.Y: z", Shown.of(ENTRY, false).message());
        assertEquals("a\\n\\u001b[2Jb  seq=0  logger=l  thread=t  k=v\\r  x.Y: z\\n  at q", Shown.of(ENTRY, true).message());
        assertEquals("ssh", Shown.of(ENTRY, false).from());
        assertEquals("redis.service", Shown.of(Entry.at(Level.INFO, "").with("unit", "redis.service").build(), false).from());
    }

    @Test void theJsonIsThatOfTheJournal() {
        assertEquals(Json.parse(JsonLine.of(ENTRY)), Json.parse(new Json(Shown.json(ENTRY)).toString()));
    }
}
