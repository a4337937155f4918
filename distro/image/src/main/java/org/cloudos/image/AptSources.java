package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The package sources that a machine's apt configuration names: one-line {@code .list} files and deb822
 * {@code .sources} files (sources.list(5)).
 */
final class AptSources {
    /** One source. {@code signedBy} is empty when apt's default keys apply. */
    record Source(String uri, List<String> suites, List<String> components, String signedBy) {}

    private static final List<String> DEBIAN_SUITES = List.of("bullseye", "bookworm", "trixie", "forky", "sid",
            "oldstable", "stable", "testing", "unstable");

    private AptSources() {}

    /** All enabled binary sources below {@code etc} (normally /etc/apt), in apt's order. */
    static List<Source> read(Path etc) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.exists(etc.resolve("sources.list"))) files.add(etc.resolve("sources.list"));
        Path parts = etc.resolve("sources.list.d");
        if (Files.isDirectory(parts)) {
            try (Stream<Path> all = Files.list(parts)) {
                all.sorted().forEach(files::add);
            }
        }
        List<Source> sources = new ArrayList<>();
        for (Path file : files) {
            if (file.toString().endsWith(".list")) sources.addAll(parseLines(Files.readString(file)));
            if (file.toString().endsWith(".sources")) sources.addAll(parseStanzas(Files.readString(file)));
        }
        return sources;
    }

    /** The mirror of Debian's main archive: a source of a Debian suite (no -security, -updates) with component main. */
    static Optional<Source> debian(List<Source> sources) {
        return sources.stream()
                .filter(s -> s.components().contains("main") && s.suites().stream().anyMatch(DEBIAN_SUITES::contains))
                .filter(s -> s.signedBy().isEmpty() || s.signedBy().contains("debian-archive"))
                .findFirst();
    }

    /** {@code deb [option=value ...] URI SUITE COMPONENT...} */
    static List<Source> parseLines(String text) {
        List<Source> sources = new ArrayList<>();
        for (String raw : text.lines().toList()) {
            String line = raw.replaceFirst("#.*", "").strip();
            if (!line.startsWith("deb ") && !line.startsWith("deb\t") && !line.startsWith("deb[")) continue;
            String rest = line.substring(3).strip();
            String signedBy = "";
            if (rest.startsWith("[")) {
                int end = rest.indexOf(']');
                if (end < 0) continue; // apt refuses it too
                for (String option : rest.substring(1, end).strip().split("\\s+")) {
                    if (option.startsWith("signed-by=")) signedBy = option.substring("signed-by=".length());
                }
                rest = rest.substring(end + 1).strip();
            }
            List<String> words = List.of(rest.split("\\s+"));
            if (words.size() < 2) continue;
            sources.add(new Source(words.get(0), List.of(words.get(1)), words.subList(2, words.size()), signedBy));
        }
        return sources;
    }

    static List<Source> parseStanzas(String text) {
        List<Source> sources = new ArrayList<>();
        for (String stanza : text.split("\\n[ \\t]*\\n")) {
            Map<String, String> fields = fields(stanza);
            if (!words(fields, "types").contains("deb") || fields.getOrDefault("enabled", "yes").matches("(?i)no|false|0")) continue;
            for (String uri : words(fields, "uris")) {
                sources.add(new Source(uri, words(fields, "suites"), words(fields, "components"), fields.getOrDefault("signed-by", "").strip()));
            }
        }
        return sources;
    }

    private static Map<String, String> fields(String stanza) {
        Map<String, String> fields = new HashMap<>();
        String name = null;
        for (String line : stanza.lines().toList()) {
            if (line.startsWith("#")) continue;
            if (line.startsWith(" ") || line.startsWith("\t")) { // goes on; an embedded key is such a field
                if (name != null) fields.merge(name, "\n" + line.strip(), String::concat);
                continue;
            }
            int colon = line.indexOf(':');
            if (colon < 1) continue;
            name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            fields.put(name, line.substring(colon + 1).strip());
        }
        return fields;
    }

    private static List<String> words(Map<String, String> fields, String name) {
        return Stream.of(fields.getOrDefault(name, "").split("\\s+")).filter(w -> !w.isEmpty()).toList();
    }
}
