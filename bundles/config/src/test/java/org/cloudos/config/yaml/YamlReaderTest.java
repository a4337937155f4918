package org.cloudos.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlReaderTest {
    @Test
    void readsWithPlaces() throws SyntaxException {
        Yaml.Mapping root = YamlReader.mapping("# top\nssh:\n  port: 22  # why\n  list: [a, 'b']\n");
        Yaml.Mapping ssh = (Yaml.Mapping) root.members().getFirst().value();
        Yaml.Scalar port = (Yaml.Scalar) ssh.members().getFirst().value();
        assertEquals(new Yaml.Place(3, 9, 19, 21), port.place());
        assertEquals(Yaml.Kind.INTEGER, port.kind());
        assertEquals(2, ((Yaml.Sequence) ssh.members().get(1).value()).items().size());
    }

    @Test
    void countsCharactersBeyondTheBasicPlane() throws SyntaxException {
        String text = "a: \"\uD83D\uDE00\uD83D\uDE00\"\nb: x\n";
        Yaml.Scalar b = (Yaml.Scalar) YamlReader.mapping(text).members().get(1).value();
        assertEquals("x", text.substring(b.place().start(), b.place().end()));
    }

    @Test
    void emptyTextsAreEmptyTrees() throws SyntaxException {
        for (String text : new String[] {"", "\n", "# nothing\n", "---\n", "~"}) {
            assertEquals(0, YamlReader.mapping(text).members().size(), text);
        }
    }

    @Test
    void mergesAndAliases() throws SyntaxException {
        Yaml.Mapping root = YamlReader.mapping("base: &b {x: 1, y: 2}\nmine:\n  <<: *b\n  y: 3\n");
        Yaml.Mapping mine = (Yaml.Mapping) root.members().get(1).value();
        assertEquals("3", ((Yaml.Scalar) mine.members().getFirst().value()).text());
        assertEquals("x", mine.members().get(1).key().text());
        assertTrue(mine.members().get(1).merged());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`a:\\n\\tb: 1\\n`|2|1|a tab",
        "`a: 1\\nb: 2\\na: 3\\n`|3|1|duplicate key a, first in line 1",
        "`a: !!java.net.URL [x]\\n`|1|4|tag",
        "`a: !evil x\\n`|1|4|tag",
        "`a: [1, 2\\n`|2|1|flow sequence",
        "`- a\\n- b\\n`|1|1|found a list",
        "`just text`|1|1|found a single value",
        "`a: 1\\n---\\nb: 2\\n`|2|1|expected a single document",
        "`a: *nobody\\n`|1|4|undefined alias",
        "`a: &x [*x]\\n`|1|4|alias within",
        "`? [a, b]\\n: 1\\n`|1|3|expected a name as key",
        "`a: 'open\\n`|2|1|unexpected end of stream",
        "`a: \\u0007\\n`|1|4|U+0007"})
    void saysWhatIsWrongWhere(String text, int line, int column, String message) {
        String real = text.replace("\\n", "\n").replace("\\t", "\t").replace("\\u0007", "\u0007");
        SyntaxException e = assertThrows(SyntaxException.class, () -> YamlReader.mapping(real));
        assertTrue(e.getMessage().contains(message), e.getMessage());
        assertEquals(line + ":" + column, e.line() + ":" + e.column(), e.getMessage());
    }

    @Test
    void aSmallTextDoesNotBecomeALargeTree() {
        StringBuilder laughs = new StringBuilder("a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol]\n");
        for (int i = 1; i < 10; i++) {
            String alias = "*a" + (i - 1);
            laughs.append("a" + i + ": &a" + i + " [" + String.join(", ", java.util.Collections.nCopies(9, alias)) + "]\n");
        }
        assertThrows(SyntaxException.class, () -> YamlReader.mapping(laughs.toString()));
        StringBuilder few = new StringBuilder("a0: &a0 {x: 1, y: 2}\n"); // few aliases, but doubled each time
        for (int i = 1; i < 30; i++) {
            few.append("a" + i + ": &a" + i + " {l: *a" + (i - 1) + ", r: *a" + (i - 1) + "}\n");
        }
        assertThrows(SyntaxException.class, () -> YamlReader.mapping(few.toString()));
    }

    @Test
    void depthAndLengthAreBounded() {
        assertThrows(SyntaxException.class, () -> YamlReader.mapping("a: " + "[".repeat(5000)));
        assertThrows(SyntaxException.class, () -> YamlReader.mapping("a: " + "{b: ".repeat(5000)));
        assertThrows(SyntaxException.class, () -> YamlReader.mapping("a: " + "x".repeat(YamlReader.MAX_LENGTH)));
    }

    @Test
    void aTagThatDecodesToBlanksIsRefusedWithItsLine() {
        assertEquals(2, assertThrows(SyntaxException.class, () -> YamlReader.document("a: 1\nb: !%20 x\n")).line());
        assertThrows(SyntaxException.class, () -> YamlReader.document("!%1"));
    }

    /** Any text is a tree or a {@link SyntaxException}, in bounded time. */
    @Test
    void anyTextIsReadOrRefused() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        String alphabet = "ab01:-,[]{}&*!|>'\"%@`#?~<=\n\n  \t\\.\u00e9\uFEFF\uD83D\uDE00";
        String sample = "ssh:\n  port: 22\n  keys: [a, b]\nx: &y {z: |\n  text\n}\n<<: *y\n";
        for (int i = 0; i < 20_000; i++) {
            StringBuilder text = new StringBuilder(random.nextBoolean() ? sample : "");
            for (int n = random.nextInt(30); n > 0; n--) {
                text.insert(random.nextInt(text.length() + 1), alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                YamlReader.document(text.toString());
            } catch (SyntaxException e) {
                assertTrue(e.line() >= 1 && e.column() >= 1, "seed " + seed);
            } catch (RuntimeException | StackOverflowError e) {
                throw new AssertionError("seed " + seed + ", text <" + text + ">", e);
            }
        }
    }
}
