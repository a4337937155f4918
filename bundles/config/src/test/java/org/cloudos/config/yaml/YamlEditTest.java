package org.cloudos.config.yaml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class YamlEditTest {
    private static String set(String text, String key, String value) throws SyntaxException {
        int dot = key.lastIndexOf('.');
        return new YamlEdit(text).set(List.of(key.substring(0, dot), "org.cloudos." + key.substring(0, dot)), List.of(key.substring(dot + 1)), value);
    }

    private static String unset(String text, String key) throws SyntaxException {
        int dot = key.lastIndexOf('.');
        return new YamlEdit(text).unset(List.of(key.substring(0, dot)), List.of(key.substring(dot + 1)));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``|`ssh:;  port: 1;`",
        "`# top`|`# top;ssh:;  port: 1;`",
        "`ssh:;  port: 22 # why;  idle: 3;`|`ssh:;  port: 1 # why;  idle: 3;`",
        "`ssh:;    idle: 3;    # end;log:;  a: b;`|`ssh:;    idle: 3;    port: 1;    # end;log:;  a: b;`",
        "`ssh: {idle: 3}`|`ssh: {idle: 3, port: 1}`",
        "`ssh: {};`|`ssh: {port: 1};`",
        "`ssh:;log:;  a: b;`|`ssh:;  port: 1;log:;  a: b;`",
        "`ssh: # later;`|`ssh: # later;  port: 1;`",
        "`ssh.port: 22;`|`ssh.port: 1;`",
        "`org.cloudos.ssh:;  port: 22;`|`org.cloudos.ssh:;  port: 1;`",
        "`org:;  cloudos:;    ssh: {port: 22, idle: 4};`|`org:;  cloudos:;    ssh: {port: 1, idle: 4};`",
        "`ssh:;  port: 'two;    lines';  idle: 3;`|`ssh:;  port: 1;  idle: 3;`",
        "`ssh:;  text: |;    a;    b;log: {};`|`ssh:;  port: 1;  text: |;    a;    b;log: {};`",
        "`ssh:;  list:;  - a;  - b;# end;`|`ssh:;  list:;  - a;  - b;  port: 1;# end;`",
        "`ssh:;  port:;  idle: 3;`|`ssh:;  port: 1;  idle: 3;`"})
    void setsInPlace(String before, String after) throws SyntaxException {
        assertEquals(after.replace(';', '\n'), set(before.replace(';', '\n'), "ssh.port", "1"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "`ssh:;  port: 22 # why;  idle: 3;`|`ssh:;  idle: 3;`",
        "`# top;ssh:;  port: 22;log: {};`|`# top;log: {};`",
        "`ssh: {idle: 3, port: 1};`|`ssh: {idle: 3};`",
        "`ssh: {port: 1, idle: 3};`|`ssh: {idle: 3};`",
        "`ssh:;  port:;  - 1;  - 2;  idle: 3;`|`ssh:;  idle: 3;`",
        "`log: {};`|`log: {};`"})
    void takesAway(String before, String after) throws SyntaxException {
        assertEquals(after.replace(';', '\n'), unset(before.replace(';', '\n'), "ssh.port"));
    }

    /** Against a map as the model: what an edit names differs, and nothing else. */
    @Test
    void editsLikeAMap() throws SyntaxException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            String text = random.nextBoolean() ? "" : "# head\n\n";
            Map<String, String> model = new TreeMap<>();
            for (int step = 0; step < 20; step++) {
                String key = (char) ('a' + random.nextInt(4)) + "." + (char) ('k' + random.nextInt(4));
                if (random.nextInt(3) == 0) {
                    text = unset(text, key);
                    model.remove(key);
                } else {
                    String value = List.of("1", "x y", "a: b", "#", "[z]", "- no", "'q\"", "\u00e9\uD83D\uDE00", "").get(random.nextInt(9));
                    text = set(text, key, YamlText.of(value));
                    model.put(key, value);
                }
                if (random.nextInt(5) == 0) {
                    text += "# comment " + step + "\n";
                }
                assertEquals(model, flat(text), "seed " + seed + "\n" + text);
            }
        }
    }

    private static Map<String, String> flat(String text) throws SyntaxException {
        Map<String, String> flat = new TreeMap<>();
        for (Yaml.Member section : YamlReader.mapping(text).members()) {
            if (section.value() instanceof Yaml.Mapping mapping) {
                mapping.members().forEach(m -> flat.put(section.key().text() + "." + m.key().text(), ((Yaml.Scalar) m.value()).text()));
            }
        }
        return flat;
    }
}
