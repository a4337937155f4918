package org.cloudos.config.layers;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.cloudos.config.Constraint;
import org.cloudos.config.Layer;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;
import org.cloudos.config.schema.Attribute;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Section;
import org.cloudos.config.yaml.SyntaxException;
import org.cloudos.config.yaml.Yaml;
import org.cloudos.config.yaml.YamlReader;

/** Merges and checks the layers. One use each. */
public final class Evaluator {
    /** Instances get file names and PIDs. */
    private static final String INSTANCE = "[A-Za-z0-9_][A-Za-z0-9_.@-]{0,100}";

    private final Schema schema;
    private final Set<String> gone;
    private final boolean early;
    private final Values values;
    private final TreeMap<String, List<Setting>> layers = new TreeMap<>();
    private final TreeMap<String, Evaluation.Target> targets = new TreeMap<>();
    private final Map<String, Source> sections = new TreeMap<>();
    private final List<Problem> problems = new ArrayList<>();

    /**
     * For one tree.
     *
     * @param gone  names of sections whose bundle was there once in this life of the system
     * @param early bundles are still being started: a section that nobody declares may come to be declared
     */
    public Evaluator(Schema schema, Set<String> gone, boolean early, References references) {
        this.schema = schema;
        this.gone = gone;
        this.early = early;
        this.values = new Values(references);
    }

    /** The tree. */
    public Evaluation evaluate(List<Document> documents, Property.Start start, List<Constraint> constraints) {
        Set<String> instances = new HashSet<>();
        List<Property> properties = Property.of(start, schema, Set.of());
        properties.stream().filter(p -> p.source().layer() == Layer.PROFILE).forEach(this::property);
        documents.forEach(this::document);
        sections.keySet().stream().filter(k -> k.indexOf(Schema.INSTANCE) > 0).forEach(instances::add);
        Property.of(start, schema, instances).stream().filter(p -> p.source().layer() != Layer.PROFILE)
                .sorted(java.util.Comparator.comparing(p -> p.source().layer())).forEach(this::property);
        required();
        Evaluation tree = new Evaluation(schema, layers, targets, problems);
        if (tree.valid()) {
            new Constraints(constraints).check(tree, problems);
        }
        return tree;
    }

    private void document(Document document) {
        if (document.fault() != null) {
            problems.add(document.problem());
            return;
        }
        try {
            walk(YamlReader.mapping(document.text()), "", document);
        } catch (SyntaxException e) {
            problems.add(Problem.error(new Source(document.layer(), document.name(), e.line(), e.column()), "", e.getMessage()));
        }
    }

    private static Source source(Document document, Yaml.Place place) {
        return new Source(document.layer(), document.name(), place.line(), place.column());
    }

    /** Down to where a section begins. */
    private void walk(Yaml.Mapping mapping, String prefix, Document document) {
        for (Yaml.Member member : mapping.members()) {
            String path = prefix + member.key().text();
            Source source = source(document, member.key().place());
            int tilde = path.indexOf(Schema.INSTANCE);
            String head = tilde < 0 ? path : path.substring(0, tilde);
            Optional<Section> section = schema.find(head);
            boolean body = member.value() instanceof Yaml.Mapping || member.value() instanceof Yaml.Scalar s && s.kind() == Yaml.Kind.NULL;
            if (section.isPresent() && body) {
                section(section.get(), tilde < 0 ? "" : path.substring(tilde + 1), member.value(), source, document);
            } else if (schema.key(path).isPresent()) {
                Schema.Key key = schema.key(path).get();
                sections.putIfAbsent(key.prefix(), source);
                set(key, member.value(), source(document, member.value().place()), source);
            } else if (member.value() instanceof Yaml.Mapping inner && schema.leadsTo(path)) {
                walk(inner, path + ".", document);
            } else if (gone.contains(head)) {
                problems.add(Problem.warning(source, path, "its bundle is not here any more; the section is left out"));
            } else if (!early && member.value() instanceof Yaml.Mapping inner && head.indexOf('.') > 0) {
                foreign(path, inner, "", document);
                problems.add(Problem.warning(source, path, "no bundle declares this PID; its values are passed on unchecked"
                        + sectionLike(head)));
            } else {
                unknown(path, body, source);
            }
        }
    }

    private void unknown(String path, boolean body, Source source) {
        if (early) {
            problems.add(Problem.warning(source, path, "not declared yet"));
            return;
        }
        String near = body ? sectionLike(path) : schema.nearest(path);
        problems.add(Problem.error(source, path, body ? "no bundle declares such a section" + near
                : path.indexOf('.') > 0 ? "unknown" + near : "expected a section with settings below it" + near));
    }

    private String sectionLike(String name) {
        String near = Schema.question(name, schema.sections().stream().map(Section::name).toList());
        return near.isEmpty() ? "" : ";" + near;
    }

    private void section(Section section, String instance, Yaml body, Source source, Document document) {
        String name = section.name() + (instance.isEmpty() ? "" : Schema.INSTANCE + instance);
        if (section.factory() == instance.isEmpty() || !instance.isEmpty() && !instance.matches(INSTANCE)) {
            problems.add(Problem.error(source, name, section.factory()
                    ? "expected an instance with a name of letters and digits: " + section.name() + Schema.INSTANCE + "NAME"
                    : "there is only one; expected " + section.name() + " without an instance"));
            return;
        }
        sections.putIfAbsent(name, source);
        targets.putIfAbsent(section.pid() + name.substring(section.name().length()), new Evaluation.Target(section, new TreeMap<>()));
        if (body instanceof Yaml.Mapping mapping) {
            names(section, instance, mapping, "", document);
        }
    }

    private void names(Section section, String instance, Yaml.Mapping mapping, String prefix, Document document) {
        for (Yaml.Member member : mapping.members()) {
            String name = prefix + member.key().text();
            Source source = source(document, member.key().place());
            Optional<Attribute> attribute = section.find(name);
            if (attribute.isPresent()) {
                set(new Schema.Key(section, instance, attribute.get()), member.value(), source(document, member.value().place()), source);
            } else if (member.value() instanceof Yaml.Mapping && instance.isEmpty() && isSection(section.name() + "." + name)) {
                walk(new Yaml.Mapping(mapping.place(), List.of(member), mapping.flow()), section.name() + "." + prefix, document);
            } else if (member.value() instanceof Yaml.Mapping inner) {
                names(section, instance, inner, name + ".", document);
            } else {
                String key = section.name() + (instance.isEmpty() ? "" : Schema.INSTANCE + instance) + "." + name;
                problems.add(Problem.error(source, key, "unknown" + schema.nearest(key)));
            }
        }
    }

    /** {@code fs} may be a section with names of its own, and {@code fs.cache} another. */
    private boolean isSection(String path) {
        int tilde = path.indexOf(Schema.INSTANCE);
        return schema.find(tilde < 0 ? path : path.substring(0, tilde)).isPresent() || schema.leadsTo(path);
    }

    private void set(Schema.Key key, Yaml yaml, Source at, Source keyAt) {
        try {
            Values.Outcome outcome = values.of(key.attribute(), yaml);
            outcome.doubts().forEach(d -> problems.add(Problem.warning(at, key.text(), d)));
            put(key, outcome.value(), keyAt, true);
        } catch (IllegalArgumentException e) {
            problems.add(Problem.error(at, key.text(), e.getMessage()));
        }
    }

    private void put(Schema.Key key, Object value, Source source, boolean deliver) {
        List<Setting> all = layers.computeIfAbsent(key.text(), k -> new ArrayList<>());
        Setting before = all.isEmpty() ? null : all.getLast();
        if (before != null && source.line() > 0 && before.source().name().equals(source.name())) {
            problems.add(Problem.error(source, key.text(), "duplicate key, first in line " + before.source().line()));
            return;
        }
        all.add(new Setting(key.text(), value, source));
        if (!deliver) {
            return;
        }
        targets.computeIfAbsent(key.pid(), p -> new Evaluation.Target(key.section(), new TreeMap<>())).values()
                .put(key.attribute().id(), value);
    }

    /** What the process was started with can't be mended while it runs: it is told, and keeps nothing from being changed. */
    private void property(Property property) {
        Optional<Schema.Key> key = property.key() == null ? Optional.empty() : schema.key(property.key());
        if (key.isEmpty()) {
            String message = property.message() != null ? property.message() : "unknown" + schema.nearest(property.key());
            if (!early) {
                problems.add(Problem.warning(property.source(), "", message + "; it is left out"));
            }
            return;
        }
        try {
            Values.Outcome outcome = values.of(key.get().attribute(), property.text());
            Evaluation.Target before = targets.get(key.get().pid());
            // The bundle reads a framework property of this name itself, as long as no configuration says otherwise.
            boolean inherited = property.source().name().endsWith(" " + key.get().attribute().id())
                    || property.source().name().equals("-D" + key.get().attribute().id());
            boolean alone = before == null || !before.values().containsKey(key.get().attribute().id());
            put(key.get(), outcome.value(), property.source(), !(inherited && alone));
        } catch (IllegalArgumentException e) {
            problems.add(Problem.warning(property.source(), key.get().text(), e.getMessage() + "; it is left out"));
        }
    }

    private void foreign(String pid, Yaml.Mapping mapping, String prefix, Document document) {
        for (Yaml.Member member : mapping.members()) {
            String id = prefix + member.key().text();
            if (member.value() instanceof Yaml.Mapping inner) {
                foreign(pid, inner, id + ".", document);
                continue;
            }
            try {
                Object value = values.plain(member.value());
                String key = pid + "." + id;
                layers.computeIfAbsent(key, k -> new ArrayList<>()).add(new Setting(key, value, source(document, member.key().place())));
                targets.computeIfAbsent(pid, p -> new Evaluation.Target(null, new TreeMap<>())).values().put(id, value);
            } catch (IllegalArgumentException e) {
                problems.add(Problem.error(source(document, member.value().place()), pid + "." + id, e.getMessage()));
            }
        }
    }

    private void required() {
        sections.forEach((name, source) -> {
            int tilde = name.indexOf(Schema.INSTANCE);
            Section section = schema.find(tilde < 0 ? name : name.substring(0, tilde)).orElseThrow();
            for (Attribute attribute : section.attributes().values()) {
                String key = name + "." + attribute.name();
                if (attribute.required() && attribute.defaults().isEmpty() && !layers.containsKey(key)) {
                    problems.add(Problem.error(source, key, "is required and missing: expected " + attribute.type().words()));
                }
            }
        });
        new TreeSet<>(targets.keySet()).stream().filter(pid -> targets.get(pid).values().isEmpty() && pid.indexOf(Schema.INSTANCE) < 0)
                .forEach(targets::remove); // an empty section asks for nothing
    }
}
