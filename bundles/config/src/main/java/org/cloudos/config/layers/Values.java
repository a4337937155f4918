package org.cloudos.config.layers;

import java.util.ArrayList;
import java.util.List;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Type;
import org.cloudos.config.yaml.SyntaxException;
import org.cloudos.config.yaml.Yaml;
import org.cloudos.config.yaml.YamlReader;

/** Values as their attributes want them. What does not fit is an {@code IllegalArgumentException} with the reason. */
final class Values {
    private static final int MAX_LIST = 10_000;
    private final References references;

    /**
     * A value that fits.
     *
     * @param doubts what is to be told all the same
     */
    record Outcome(Object value, List<String> doubts) { }

    Values(References references) {
        this.references = references;
    }

    /** From a file. */
    Outcome of(Attribute attribute, Yaml yaml) {
        List<String> doubts = new ArrayList<>();
        Object value = switch (yaml) {
            case Yaml.Scalar s when attribute.many() -> List.of(one(attribute, s, doubts));
            case Yaml.Scalar s -> one(attribute, s, doubts);
            case Yaml.Sequence list when attribute.many() -> list(attribute, list, doubts);
            case Yaml.Sequence list -> throw expected(attribute, "a list");
            case Yaml.Mapping mapping -> throw expected(attribute, "a section");
        };
        return new Outcome(value, doubts);
    }

    /** From a variable or property: text where text is meant, else a value as files have it. */
    Outcome of(Attribute attribute, String text) {
        List<String> doubts = new ArrayList<>();
        if (!attribute.many()) {
            return new Outcome(one(attribute, new Yaml.Scalar(new Yaml.Place(0, 0, 0, 0), text, Yaml.Kind.TEXT), doubts), doubts);
        }
        try {
            return of(attribute, YamlReader.document(text.strip().startsWith("[") ? text : "[" + text + "]"));
        } catch (SyntaxException e) {
            throw new IllegalArgumentException("expected a list such as [a, b], found " + text, e);
        }
    }

    private static IllegalArgumentException expected(Attribute attribute, String found) {
        return new IllegalArgumentException("expected " + attribute.type().words() + ", found " + found);
    }

    private Object list(Attribute attribute, Yaml.Sequence list, List<String> doubts) {
        int most = Math.min(MAX_LIST, attribute.cardinality() == Integer.MIN_VALUE ? MAX_LIST : Math.abs(attribute.cardinality()));
        if (list.items().size() > most) {
            throw new IllegalArgumentException("expected at most " + most + " values, found " + list.items().size());
        }
        List<Object> all = new ArrayList<>();
        for (Yaml item : list.items()) {
            if (!(item instanceof Yaml.Scalar scalar)) {
                throw new IllegalArgumentException("expected a list of single values, found "
                        + (item instanceof Yaml.Sequence ? "a list in it" : "a section in it"));
            }
            all.add(one(attribute, scalar, doubts));
        }
        return List.copyOf(all);
    }

    private Object one(Attribute attribute, Yaml.Scalar scalar, List<String> doubts) {
        String text = scalar.text();
        if (scalar.kind() == Yaml.Kind.NULL) {
            throw new IllegalArgumentException("expected " + attribute.type().words()
                    + ", found nothing; without the line the default is taken");
        }
        if (attribute.type() == Type.PASSWORD && !References.is(text) && !text.isEmpty()) {
            throw new IllegalArgumentException("expected a reference to the secret, ${file:PATH} or ${env:NAME}; found the secret itself,"
                    + " which would be seen in dumps and backups");
        }
        if (!References.in(text)) {
            Object value = attribute.type().parse(scalar);
            attribute.check(value);
            return value;
        }
        check(attribute, text);
        references.doubt(text).ifPresent(doubts::add);
        return text;
    }

    /** The message must not show what the secret is. */
    private void check(Attribute attribute, String text) {
        String secret;
        try {
            secret = references.resolve(text);
        } catch (References.Dangling e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
        try {
            attribute.check(attribute.type().parse(secret));
        } catch (IllegalArgumentException e) {
            String allowed = attribute.allowed();
            throw new IllegalArgumentException("expected " + attribute.type().words() + (allowed.isEmpty() ? "" : " (" + allowed + ")")
                    + " behind " + text + ", found something else"); // without the cause, which says what
        }
    }

    /** Without a schema: what a plain reader of YAML would take it for. */
    Object plain(Yaml yaml) {
        return switch (yaml) {
            case Yaml.Scalar s -> plain(s);
            case Yaml.Sequence list when list.items().size() <= MAX_LIST -> {
                List<Object> all = new ArrayList<>();
                for (Yaml item : list.items()) {
                    if (!(item instanceof Yaml.Scalar scalar)) {
                        throw new IllegalArgumentException("expected a list of single values");
                    }
                    all.add(plain(scalar));
                }
                boolean same = all.stream().map(Object::getClass).distinct().count() <= 1;
                yield same ? List.copyOf(all) : List.copyOf(all.stream().map(Object::toString).toList());
            }
            default -> throw new IllegalArgumentException("expected a single value or a list of at most " + MAX_LIST);
        };
    }

    private Object plain(Yaml.Scalar scalar) {
        if (References.in(scalar.text())) {
            try {
                references.resolve(scalar.text());
            } catch (References.Dangling e) {
                throw new IllegalArgumentException(e.getMessage(), e);
            }
            return scalar.text();
        }
        return switch (scalar.kind()) {
            case NULL -> throw new IllegalArgumentException("expected a value, found nothing");
            case BOOLEAN -> Type.BOOLEAN.parse(scalar);
            case DECIMAL -> Type.DOUBLE.parse(scalar);
            case INTEGER -> {
                long value = (Long) Type.LONG.parse(scalar);
                yield value == (int) value ? (Object) (int) value : value;
            }
            case TEXT -> scalar.text();
        };
    }
}
