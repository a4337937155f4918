package org.cloudos.config.yaml;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.ReaderException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document (1.1, as SnakeYAML has it) from untrusted text. No object is constructed from a tag; aliases
 * are followed within a bound on the nodes met, so that a small text can't become a large tree.
 */
public final class YamlReader {
    /** Code points of a text. */
    public static final int MAX_LENGTH = 1 << 20;
    private static final int MAX_DEPTH = 32;
    private static final int MAX_ALIASES = 100;
    private static final int MAX_NODES = 100_000;

    private final String text;
    private final int[] indices;
    private int nodes;

    private YamlReader(String text) {
        this.text = text;
        this.indices = indices(text);
    }

    /** Of each code point, since that is what SnakeYAML counts; null where it is the same. */
    private static int[] indices(String text) {
        int count = text.codePointCount(0, text.length());
        if (count == text.length()) {
            return null;
        }
        int[] indices = new int[count + 1];
        for (int i = 0, at = 0; i < count; i++, at += Character.charCount(text.codePointAt(at))) {
            indices[i] = at;
        }
        indices[count] = text.length();
        return indices;
    }

    private int index(int codePoints) {
        int bounded = Math.clamp(codePoints, 0, indices == null ? text.length() : indices.length - 1);
        return indices == null ? bounded : indices[bounded];
    }

    /** The document; an empty mapping where there is none. */
    public static Yaml document(String text) throws SyntaxException {
        return new YamlReader(text).read();
    }

    /** A document that must be a mapping. */
    public static Yaml.Mapping mapping(String text) throws SyntaxException {
        return switch (document(text)) {
            case Yaml.Mapping mapping -> mapping;
            case Yaml.Scalar s when s.kind() == Yaml.Kind.NULL -> new Yaml.Mapping(s.place(), List.of(), false);
            case Yaml other -> throw new SyntaxException(other.place().line(), other.place().column(),
                    "expected sections with settings (SECTION:, and indented below it NAME: VALUE), found "
                            + (other instanceof Yaml.Scalar ? "a single value" : "a list"));
        };
    }

    private Yaml read() throws SyntaxException {
        LoaderOptions options = new LoaderOptions();
        options.setCodePointLimit(MAX_LENGTH);
        options.setMaxAliasesForCollections(MAX_ALIASES);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setAllowRecursiveKeys(false);
        MarkingParser parser = new MarkingParser(new StreamReader(text), options);
        try {
            Composer composer = new Composer(parser, new Resolver(), options);
            Node root = composer.getSingleNode();
            return root == null ? new Yaml.Mapping(new Yaml.Place(1, 1, text.length(), text.length()), List.of(), false)
                    : node(root, 0);
        } catch (MarkedYAMLException e) {
            Mark mark = e.getProblemMark() != null ? e.getProblemMark() : e.getContextMark();
            throw new SyntaxException(mark.getLine() + 1, mark.getColumn() + 1, words(e));
        } catch (ReaderException e) {
            throw at(e.getPosition(), String.format("the character U+%04X is not allowed in YAML", e.getCodePoint()));
        } catch (YAMLException e) {
            throw new SyntaxException(1, 1, e.getMessage());
        } catch (IllegalArgumentException e) { // of Tag: one that decodes to blanks or to no URI, as in !%20
            throw new SyntaxException(parser.last.getLine() + 1, parser.last.getColumn() + 1,
                    "expected a YAML tag, found one that can't be: " + e.getMessage());
        }
    }

    /** Remembers where the event stands that was taken last: not every refusal of the composer tells its place. */
    private static final class MarkingParser extends ParserImpl {
        private Mark last;

        MarkingParser(StreamReader reader, LoaderOptions options) {
            super(reader, options);
        }

        @Override
        public Event getEvent() {
            last = peekEvent().getStartMark();
            return super.getEvent();
        }
    }

    private static String words(MarkedYAMLException e) {
        String problem = String.valueOf(e.getProblem());
        if (problem.contains("'\\t(TAB)'")) {
            return "a tab; YAML is indented with blanks";
        }
        String context = e.getContext();
        return (context == null || context.isBlank() ? "" : context.strip() + ": ") + problem.strip();
    }

    private SyntaxException at(int codePoints, String message) {
        String before = text.substring(0, index(codePoints));
        int line = (int) before.chars().filter(c -> c == '\n').count() + 1;
        return new SyntaxException(line, before.length() - before.lastIndexOf('\n'), message);
    }

    private Yaml.Place place(Node node) {
        Mark start = node.getStartMark();
        return new Yaml.Place(start.getLine() + 1, start.getColumn() + 1, index(start.getIndex()),
                index(node.getEndMark().getIndex()));
    }

    private SyntaxException at(Node node, String message) {
        return new SyntaxException(node.getStartMark().getLine() + 1, node.getStartMark().getColumn() + 1, message);
    }

    private Yaml node(Node node, int depth) throws SyntaxException {
        if (++nodes > MAX_NODES) {
            throw at(node, "more than " + MAX_NODES + " values, counted with each use of an alias");
        }
        if (depth > MAX_DEPTH) {
            throw at(node, "nested deeper than " + MAX_DEPTH + " levels, or an alias within what it stands for");
        }
        return switch (node) {
            case ScalarNode scalar -> scalar(scalar);
            case SequenceNode sequence -> {
                expectTag(node, Tag.SEQ);
                List<Yaml> items = new ArrayList<>();
                for (Node item : sequence.getValue()) {
                    items.add(node(item, depth + 1));
                }
                yield new Yaml.Sequence(place(node), List.copyOf(items));
            }
            case MappingNode mapping -> mapping(mapping, depth);
            default -> throw at(node, "unexpected " + node.getNodeId());
        };
    }

    private void expectTag(Node node, Tag expected) throws SyntaxException {
        if (!node.getTag().equals(expected)) {
            throw at(node, "the tag " + node.getTag() + " is not allowed here");
        }
    }

    private Yaml.Scalar scalar(ScalarNode node) throws SyntaxException {
        Tag tag = node.getTag();
        Yaml.Kind kind;
        if (tag.equals(Tag.INT)) {
            kind = Yaml.Kind.INTEGER;
        } else if (tag.equals(Tag.FLOAT)) {
            kind = Yaml.Kind.DECIMAL;
        } else if (tag.equals(Tag.BOOL)) {
            kind = Yaml.Kind.BOOLEAN;
        } else if (tag.equals(Tag.NULL)) {
            kind = Yaml.Kind.NULL;
        } else if (tag.equals(Tag.STR) || tag.equals(Tag.TIMESTAMP) || tag.equals(Tag.MERGE)) {
            kind = Yaml.Kind.TEXT;
        } else {
            throw at(node, "the tag " + tag + " is not allowed here");
        }
        return new Yaml.Scalar(place(node), node.getValue(), kind);
    }

    private Yaml.Mapping mapping(MappingNode node, int depth) throws SyntaxException {
        expectTag(node, Tag.MAP);
        Map<String, Yaml.Member> own = new LinkedHashMap<>();
        Map<String, Yaml.Member> merged = new LinkedHashMap<>();
        for (NodeTuple tuple : node.getValue()) {
            if (tuple.getKeyNode().getTag().equals(Tag.MERGE)) {
                merge(tuple.getValueNode(), depth, merged);
                continue;
            }
            if (!(node(tuple.getKeyNode(), depth + 1) instanceof Yaml.Scalar key) || key.text().isEmpty()) {
                throw at(tuple.getKeyNode(), "expected a name as key");
            }
            Yaml.Member before = own.put(key.text(), new Yaml.Member(key, node(tuple.getValueNode(), depth + 1), false));
            if (before != null) {
                throw at(tuple.getKeyNode(), "duplicate key " + key.text() + ", first in line " + before.key().place().line());
            }
        }
        merged.forEach(own::putIfAbsent);
        return new Yaml.Mapping(place(node), List.copyOf(own.values()), node.getFlowStyle() == DumperOptions.FlowStyle.FLOW);
    }

    /** Merge keys (YAML 1.1, type merge): one mapping or a list of them; the earlier one wins. */
    private void merge(Node from, int depth, Map<String, Yaml.Member> into) throws SyntaxException {
        List<Node> mappings = from instanceof SequenceNode sequence ? sequence.getValue() : List.of(from);
        for (Node each : mappings) {
            if (!(node(each, depth + 1) instanceof Yaml.Mapping mapping)) {
                throw at(each, "<< takes a mapping or a list of mappings");
            }
            mapping.members().forEach(m -> into.putIfAbsent(m.key().text(), new Yaml.Member(m.key(), m.value(), true)));
        }
    }
}
