package org.cloudos.config.service;

import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.cloudos.config.ConfigException;
import org.cloudos.config.Edit;
import org.cloudos.config.schema.Schema;
import org.cloudos.config.schema.Type;
import org.cloudos.config.layers.Folder;
import org.cloudos.config.layers.References;
import org.cloudos.config.yaml.SyntaxException;
import org.cloudos.config.yaml.Yaml;
import org.cloudos.config.yaml.YamlEdit;
import org.cloudos.config.yaml.YamlReader;
import org.cloudos.config.yaml.YamlText;

/** Edits of texts, before anything is written. */
final class FileEdits {
    private final Schema schema;

    FileEdits(Schema schema) {
        this.schema = schema;
    }

    /** The texts after the edits. */
    SortedMap<String, String> apply(SortedMap<String, String> texts, List<Edit> edits) throws ConfigException {
        SortedMap<String, String> after = new TreeMap<>(texts);
        for (Edit edit : edits) {
            if (!Folder.isEditable(edit.file())) {
                throw new ConfigException.Refused("expected " + Edit.MACHINE + " or " + Folder.SITE + "/NAME.yaml, found " + edit.file());
            }
            String before = after.getOrDefault(edit.file(), "");
            String text = switch (edit) {
                case Edit.Text whole -> whole.text();
                case Edit.Set set -> edit(set.file(), before, key(set.key()), Optional.of(set.value()));
                case Edit.Unset unset -> edit(unset.file(), before, key(unset.key()), Optional.empty());
            };
            if (text == null) {
                after.remove(edit.file());
            } else {
                after.put(edit.file(), text);
            }
        }
        return after;
    }

    private Schema.Key key(String text) throws ConfigException {
        return schema.key(text).orElseThrow(() -> new ConfigException.Refused(text + ": unknown" + schema.nearest(text)));
    }

    private static String edit(String file, String before, Schema.Key key, Optional<String> value) throws ConfigException {
        try {
            YamlEdit edit = new YamlEdit(before);
            if (value.isEmpty()) {
                if (!edit.has(key.sectionSpellings(), key.nameSpellings())) {
                    throw new ConfigException.Refused(key.text() + " is not set in " + file + "; config:explain tells who sets it");
                }
                return verified(file, key, edit.unset(key.sectionSpellings(), key.nameSpellings()), false);
            }
            return verified(file, key, edit.set(key.sectionSpellings(), key.nameSpellings(), yaml(key, value.get())), true);
        } catch (SyntaxException e) {
            throw new ConfigException.Refused(file + ":" + e.line() + ":" + e.column() + ": " + e.getMessage() + "; config:edit mends it");
        }
    }

    /** A style that {@link YamlEdit} does not know, an anchor for instance. */
    private static String verified(String file, Schema.Key key, String text, boolean there) throws ConfigException {
        try {
            if (new YamlEdit(text).has(key.sectionSpellings(), key.nameSpellings()) == there) {
                return text;
            }
        } catch (SyntaxException e) {
            throw new ConfigException.Refused(key.text() + " can't be changed in place in " + file + "; use config:edit");
        }
        throw new ConfigException.Refused(key.text() + " can't be changed in place in " + file + "; use config:edit");
    }

    /** Text as text, whatever YAML would take it for; all else as YAML writes it. */
    private static String yaml(Schema.Key key, String value) throws ConfigException {
        Type type = key.attribute().type();
        boolean text = type == Type.STRING || type == Type.PASSWORD || type == Type.CHARACTER || References.in(value);
        if (text && !key.attribute().many()) {
            return YamlText.of(value);
        }
        try {
            String one = value.strip();
            Yaml parsed = one.indexOf('\n') >= 0 ? null : YamlReader.document(one);
            boolean list = key.attribute().many() && (parsed instanceof Yaml.Sequence || parsed instanceof Yaml.Scalar);
            if (!list && !(parsed instanceof Yaml.Scalar)) {
                throw new ConfigException.Refused(key.text() + ": expected " + type.words() + ", found " + value);
            }
            return parsed instanceof Yaml.Scalar && key.attribute().many() && text ? YamlText.of(one) : one;
        } catch (SyntaxException e) {
            throw new ConfigException.Refused(key.text() + ": expected " + type.words() + ", found " + value);
        }
    }
}
