package org.cloudos.units.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.cloudos.units.Finding;
import org.cloudos.units.UnitException;
import org.junit.jupiter.api.Test;

class UnitTextTest {
    private static List<String> values(String text) {
        return UnitText.parse(text, "t").entries().stream().map(e -> e.section() + "." + e.key() + "=" + e.value() + "@" + e.line()).toList();
    }

    @Test void linesContinueOverComments() {
        assertEquals(List.of("A.k=one   two    three@2", "A.l=x@6"), values("[A]\nk=one \\\n# no\n two \\\n  three\nl = x \n;no\n"));
    }

    @Test void oddLinesAreFindingsAndSkipped() {
        UnitText t = UnitText.parse("k=1\n[A\nx=1\n[B]\nno\n=2\nok=3\n", "t");
        assertEquals(List.of("ok"), t.entries().stream().map(Entry::key).toList());
        assertEquals(4, t.findings().size());
        assertEquals(1, UnitText.parse(new byte[] {'[', 'A', ']', '\n', (byte) 0xff, '=', '1'}, "t").findings().size());
    }

    @Property void anythingCanBeRead(@ForAll byte[] bytes) {
        UnitText.parse(bytes, "t");
    }

    /** What is plain ASCII is read by a shorter way: a comment that is none, in the last line, makes it go the long way. */
    @Property void bothWaysReadTheSame(@ForAll("lines") List<String> lines) {
        String text = String.join("\n", lines) + "\n";
        UnitText plain = UnitText.parse(text, "t");
        UnitText other = UnitText.parse(text + "#\u00e4", "t");
        assertEquals(plain.entries(), other.entries());
        assertEquals(plain.findings().stream().map(Finding::message).toList(), other.findings().stream().map(Finding::message).toList());
    }

    @Provide Arbitrary<List<String>> lines() {
        return Arbitraries.of("[A]", "[B", "k=1", " k = 2 \\", "\\", "l=\\\\", "", "  ", "# no", ";\\", "=3", "m", "\tn=4").list().ofMaxSize(12);
    }

    @Test void quotesAreNoMatterWhereThereAreNone() {
        for (String text : List.of("", " ", "a", " a\t b ", "a;b ;", "\u00e4 b")) {
            assertEquals(Words.split(text), Words.split("'' " + text).stream().skip(1).toList());
            assertEquals(Words.plain(text), Words.plain("'' " + text).stream().skip(1).toList());
        }
    }

    @Property void anyTextSplitsOrSaysWhy(@ForAll String text) {
        try {
            Words.split(text);
            Command.parse(text, s -> s);
        } catch (IllegalArgumentException e) {
            assertTrue(e.getMessage() != null);
        }
    }

    @Test void wordsHaveQuotesAndEscapes() {
        assertEquals(List.of("a b", "c\td", "e'f", "\u00e4", ""), Words.split("\"a b\" c\\td \"e'f\" \\xc3\\xa4 ''"));
        assertThrows(IllegalArgumentException.class, () -> Words.split("'open"));
        assertEquals(List.of("a\\x2db.service", "c"), Words.plain("a\\x2db.service  c"));
    }

    @Test void commands() {
        Command c = Command.parse("-@/bin/echo name ${A} $B x$C \\; $$D %n", s -> s.replace("%n", "unit")).getFirst();
        assertTrue(c.mayFail());
        assertEquals("/bin/echo", c.path());
        assertEquals(List.of("name", "a  b", "1", "2", "xc", ";", "$D", "unit"), c.arguments(Map.of("A", "a  b", "B", "1 2", "C", "c")));
        assertEquals(2, Command.parse("/bin/a ; /bin/b c", s -> s).size());
        assertThrows(IllegalArgumentException.class, () -> Command.parse("./a", s -> s));
    }

    @Test void namesAndSpecifiers() throws UnitException {
        UnitName name = UnitName.parse("a-b@c\\x2dd-e.service");
        Specifiers s = new Specifiers(name, "/x/a.service", Map.of('H', "host"));
        assertEquals("a-b@c\\x2dd-e.service|a-b|c\\x2dd-e|c-d/e|b|/c-d/e|host|%|/x", s.apply("%n|%p|%i|%I|%j|%f|%H|%%|%Y"));
        assertThrows(IllegalArgumentException.class, () -> s.apply("%z"));
        assertEquals("-", UnitName.escapePath("/"));
        assertEquals("/a b/c", UnitName.unescapePath(UnitName.escapePath("//a b/c/")));
        for (String bad : List.of("x", ".service", "a/b.service", "a b.service", "@x.service", "x.unknown", "x".repeat(300) + ".service")) {
            assertThrows(UnitException.class, () -> UnitName.parse(bad), bad);
        }
    }

    @Test void spansAndSizes() {
        assertEquals(Duration.ofSeconds(320), Values.span("5min 20s"));
        assertEquals(Duration.ofMillis(1500), Values.span("1.5"));
        assertEquals(Duration.ofMillis(55_500), Values.span("55s500ms"));
        assertEquals(Values.FOREVER, Values.span("infinity"));
        assertEquals(512L << 20, Values.size("512M"));
        assertEquals(-1, Values.size("infinity"));
        for (String bad : List.of("", "5 parsecs", "-1", "1..2s")) {
            assertThrows(IllegalArgumentException.class, () -> Values.span(bad), bad);
        }
    }

    @Test void keysAreJudged() {
        List<String> found = Keys.check(UnitText.parse("[Unit]\nX-Mine=1\nDescripton=x\n[Service]\nPrivatePIDs=yes\n"
                + "PrivatePIDs=no\nRootImage=/x\n[Nonsense]\na=b\n[X-Ours]\na=b\n", "t").entries(), "service")
                .stream().map(f -> f.severity() + " " + f.line() + " " + f.key()).toList();
        assertEquals(List.of("warning 3 Descripton", "unprotected 5 PrivatePIDs", "error 7 RootImage", "warning 9 "), found);
        assertTrue(Keys.check(UnitText.parse("[Unit]\nDescripton=x\n", "t").entries(), "service").getFirst().message().contains("did you mean Description"));
    }

    @Test void nulAndLongLines() {
        assertEquals(List.of("A.k=1@2", "A.l=2@3"), values("[A]\nk=1\0l=2\n"));
        assertTrue(UnitText.parse(("[A]\nk=" + "x".repeat(1 << 20) + "\n").getBytes(StandardCharsets.UTF_8), "t").entries().isEmpty());
    }
}
