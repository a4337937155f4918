package org.cloudos.image;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What a package says of itself.
 *
 * @param fields of its control file
 * @param scripts its maintainer scripts (preinst, postinst ...), which are read and never run
 */
record DebControl(Deb deb, Map<String, String> fields, Map<String, String> scripts) {
    private static final List<String> SCRIPTS = List.of("preinst", "postinst");

    static DebControl of(Deb deb, Path work) throws IOException {
        Trees.delete(work);
        new Tool("dpkg-deb", "-e", deb.file(), work).run();
        Map<String, String> scripts = new LinkedHashMap<>();
        for (String script : SCRIPTS) {
            Path file = work.resolve(script);
            if (Files.isRegularFile(file)) scripts.put(script, new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
        }
        Map<String, String> fields = parse(Files.readString(work.resolve("control")));
        Trees.delete(work);
        return new DebControl(deb, fields, scripts);
    }

    /** Debian policy §5.1: a line that begins with a space goes on with the field before. */
    static Map<String, String> parse(String text) {
        Map<String, String> fields = new LinkedHashMap<>();
        String field = null;
        for (String line : text.lines().toList()) {
            int colon = line.indexOf(':');
            if (line.startsWith(" ") || line.startsWith("\t")) {
                if (field != null) fields.merge(field, line, (a, b) -> a + "\n" + b);
            } else if (colon > 0) {
                field = line.substring(0, colon);
                fields.put(field, line.substring(colon + 1).strip());
            }
        }
        return fields;
    }

    /** Its name and the virtual ones that it provides. */
    List<String> names() {
        List<String> names = new ArrayList<>(List.of(deb.name()));
        alternatives("Provides").forEach(names::addAll);
        return names;
    }

    /** What it needs to run: one inner list an entry, of which one must be there (Debian policy §7.1). */
    List<List<String>> depends() {
        return Stream.of("Pre-Depends", "Depends").flatMap(f -> alternatives(f).stream()).toList();
    }

    private List<List<String>> alternatives(String field) {
        return Stream.of(fields.getOrDefault(field, "").split(",")).map(String::strip).filter(d -> !d.isEmpty())
                .map(d -> Stream.of(d.split("\\|")).map(a -> a.strip().replaceFirst("[\\s(:\\[].*", "")).toList()).toList();
    }
}
