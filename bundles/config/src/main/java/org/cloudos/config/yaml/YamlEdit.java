package org.cloudos.config.yaml;

import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Changes one key in a text, and nothing else: comments, order and style stay. Whoever uses it reads the outcome again
 * and compares, since there are styles that it does not know.
 */
public final class YamlEdit {
    private static final String INDENT = "  ";
    private final String text;
    private final Yaml.Mapping root;

    private record Found(List<Yaml.Mapping> around, Yaml.Member member) { }

    /** Of a text that can be read. */
    public YamlEdit(String text) throws SyntaxException {
        this.text = text;
        this.root = YamlReader.mapping(text);
    }

    /**
     * Gives a key a value.
     *
     * @param sections spellings of the section, the one to be used for a new one first
     * @param names    spellings of the name in it, likewise
     * @param value    one line of YAML
     */
    public String set(List<String> sections, List<String> names, String value) {
        Optional<Found> there = find(paths(sections, names), root, "", List.of());
        if (there.isPresent()) {
            Yaml.Place place = there.get().member.value().place();
            boolean empty = place.start() == place.end() && place.start() <= there.get().member.key().place().end() + 1;
            return splice(place.start(), endOf(place), empty ? " " + value : value);
        }
        String line = names.getFirst() + ": " + value;
        Optional<Found> section = find(Set.copyOf(sections), root, "", List.of());
        if (section.isPresent()) {
            return into(section.get().member, line);
        }
        String before = text.isEmpty() || text.endsWith("\n") ? text : text + "\n";
        return before + sections.getFirst() + ":\n" + INDENT + line + "\n";
    }

    private String into(Yaml.Member section, String line) {
        return switch (section.value()) {
            case Yaml.Mapping mapping when mapping.flow() -> splice(mapping.place().end() - 1, mapping.place().end() - 1,
                    (mapping.members().isEmpty() ? "" : ", ") + line);
            case Yaml.Mapping mapping -> {
                Yaml.Place first = mapping.members().getFirst().key().place();
                String indent = " ".repeat(first.column() - 1);
                int end = lastEnd(mapping);
                yield text.charAt(end - 1) == '\n' ? splice(first.start(), first.start(), line + "\n" + indent)
                        : splice(lineEnd(end), lineEnd(end), "\n" + indent + line);
            }
            case Yaml other -> {
                int end = lineEnd(section.key().place().end());
                yield splice(end, end, "\n" + " ".repeat(section.key().place().column() - 1) + INDENT + line);
            }
        };
    }

    /** Takes a key away; a section that has no other goes with it. The text itself when the key is not there. */
    public String unset(List<String> sections, List<String> names) {
        return find(paths(sections, names), root, "", List.of()).map(this::without).orElse(text);
    }

    /** Whether the key stands in this text. */
    public boolean has(List<String> sections, List<String> names) {
        return find(paths(sections, names), root, "", List.of()).isPresent();
    }

    private String without(Found found) {
        Yaml.Mapping mapping = found.around.getLast();
        if (mapping.members().size() == 1 && found.around.size() > 1) {
            Yaml.Mapping parent = found.around.get(found.around.size() - 2);
            Yaml.Member section = parent.members().stream().filter(m -> m.value() == mapping).findFirst().orElseThrow();
            return without(new Found(found.around.subList(0, found.around.size() - 1), section));
        }
        int start = found.member.key().place().start();
        int end = Math.max(found.member.key().place().end() + 1, lastEnd(found.member.value()));
        if (mapping.flow()) {
            int after = skipBlanks(end);
            if (after < text.length() && text.charAt(after) == ',') {
                return splice(start, skipBlanks(after + 1), "");
            }
            int comma = text.lastIndexOf(',', start);
            return splice(comma > mapping.place().start() ? comma : start, end, "");
        }
        int lineStart = text.lastIndexOf('\n', start - 1) + 1;
        boolean ended = text.charAt(end - 1) == '\n';
        return splice(lineStart, ended ? end : Math.min(text.length(), lineEnd(end) + 1), "");
    }

    private static Set<String> paths(List<String> sections, List<String> names) {
        return sections.stream().flatMap(s -> names.stream().map(n -> s + "." + n)).collect(java.util.stream.Collectors.toSet());
    }

    private static Optional<Found> find(Set<String> paths, Yaml.Mapping in, String prefix, List<Yaml.Mapping> around) {
        List<Yaml.Mapping> here = java.util.stream.Stream.concat(around.stream(), java.util.stream.Stream.of(in)).toList();
        for (Yaml.Member member : in.members()) {
            String path = prefix + member.key().text();
            if (paths.contains(path) && !member.merged()) {
                return Optional.of(new Found(here, member));
            }
            if (member.value() instanceof Yaml.Mapping inner && paths.stream().anyMatch(p -> p.startsWith(path + "."))) {
                Optional<Found> found = find(paths, inner, path + ".", here);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return Optional.empty();
    }

    /** A block's mark of its end is where the next token begins; its last leaf knows better. */
    private int lastEnd(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Mapping m when !m.flow() && !m.members().isEmpty() -> {
                Yaml.Member last = m.members().getLast();
                yield Math.max(last.key().place().end() + 1, lastEnd(last.value()));
            }
            case Yaml.Sequence s when !s.items().isEmpty() && text.charAt(s.place().start()) != '[' -> lastEnd(s.items().getLast());
            default -> endOf(yaml.place());
        };
    }

    /** Without the blanks and line ends that a mark may have behind the value. */
    private int endOf(Yaml.Place place) {
        boolean block = place.start() < text.length() && "|>".indexOf(text.charAt(place.start())) >= 0;
        int end = place.end();
        while (!block && end > place.start() && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return end;
    }

    private int lineEnd(int from) {
        int end = text.indexOf('\n', from);
        return end < 0 ? text.length() : end;
    }

    private int skipBlanks(int from) {
        int at = from;
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
        return at;
    }

    private String splice(int start, int end, String with) {
        return text.substring(0, start) + with + text.substring(end);
    }
}
