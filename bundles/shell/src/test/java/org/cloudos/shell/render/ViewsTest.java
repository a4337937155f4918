package org.cloudos.shell.render;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.apache.felix.service.command.Converter;
import org.cloudos.shell.Column;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;

class ViewsTest {
    private enum State { ACTIVE, FAILED, OTHER }

    private record Row(long id, State state, @Column("who") String symbolicName, @Column(unit = Column.Unit.BYTES) long memory,
            @Column(hidden = true) String secret) { }

    private record Overview(String profile, Duration uptime, List<String> missing, List<Row> rows) { }

    private static final List<Row> ROWS = List.of(new Row(1, State.ACTIVE, "a.b", 2048, "x"),
            new Row(12, State.FAILED, "longer name", 5, "y"));

    @Test
    void listsAreAlignedTables() {
        assertEquals("""
                ID  STATE   WHO           MEMORY
                 1  ACTIVE  a.b          2.0 KiB
                12  FAILED  longer name      5 B""", show(ROWS));
    }

    @Test
    void recordsAreLinesAndTables() {
        assertEquals("""
                profile  minimal
                uptime   5.0 s
                missing  -

                rows
                ID  STATE   WHO           MEMORY
                 1  ACTIVE  a.b          2.0 KiB
                12  FAILED  longer name      5 B""", show(new Overview("minimal", Duration.ofSeconds(5), List.of(), ROWS)));
    }

    @Test
    void tooWideIsWrappedAndNothingIsLost() {
        StringBuilder out = new StringBuilder();
        new Table(List.of(new Row(1, State.OTHER, "one two three four", 1, "")), 32, false).writeTo(out);
        assertTrue(out.toString().lines().allMatch(l -> l.length() <= 32), out.toString());
        for (String word : List.of("one", "two", "three", "four")) {
            assertTrue(out.toString().contains(word), out.toString());
        }
    }

    @Test
    void wideCharactersCountTwice() {
        StringBuilder out = new StringBuilder();
        new Table(List.of(new Row(1, State.OTHER, "\u4e2d\u6587", 1, ""), new Row(2, State.OTHER, "abcd", 1, "")), 0, false).writeTo(out);
        List<String> lines = out.toString().lines().toList();
        // Two characters less before the same column.
        assertEquals(lines.get(2).indexOf("1 B") - 2, lines.get(1).indexOf("1 B"), out.toString());
    }

    @Test
    void coloursOnlyWhereAsked() {
        StringBuilder out = new StringBuilder();
        new Table(ROWS, 0, true).writeTo(out);
        assertTrue(out.toString().contains("\033[32mACTIVE\033[0m"), out.toString());
        assertTrue(out.toString().contains("\033[31mFAILED\033[0m"), out.toString());
        assertTrue(!show(ROWS).contains("\033"));
    }

    @Test
    void dataCanNotDriveTheTerminal() {
        String text = show(List.of(new Row(1, State.OTHER, "\033[2J\nfake  line", 1, "")));
        assertEquals(2, text.lines().count());
        assertTrue(!text.contains("\033"), text);
    }

    @Test
    void jsonEmptyAndOthers() {
        assertEquals("[{\"a\":1}]", show(new Json(List.of(java.util.Map.of("a", 1)))));
        assertEquals("(none)", show(List.of()));
        assertNull(new Views().format("text", Converter.INSPECT, null));
        assertNull(new Views().format(List.of("a", "b"), Converter.INSPECT, null));
    }

    private static String show(Object value) {
        return new Views().format(value, Converter.INSPECT, null).toString();
    }
}
