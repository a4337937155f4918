package org.cloudos.config.command;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Explanation;
import org.cloudos.config.Problem;
import org.cloudos.config.Setting;
import org.cloudos.config.Source;
import org.cloudos.config.layers.TextFile;
import org.cloudos.config.yaml.SyntaxException;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Looks at the configuration. */
@Component(service = ShowCommands.class)
@GogoCommand(scope = "config", function = {"show", "get", "explain", "validate", "schema", "history", "diff"})
public final class ShowCommands {
    private final ConfigTree tree;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public ShowCommands(@Reference ConfigTree tree) {
        this.tree = tree;
    }

    /** All settings. */
    @Descriptor("the settings in force, and which layer each comes from; secrets stay references")
    @Example({"config:show", "config:show ssh", "config:show --all http", "config:show --json"})
    public Object show(
            @Parameter(names = {"--all", "-a"}, presentValue = "true", absentValue = "false")
            @Descriptor("also what only has its default") boolean all,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a section, or the beginning of keys") @Suggest(from = SectionWords.NAME) String... section) {
        List<Setting> settings = tree.settings(all).stream().filter(s -> section.length == 0
                || List.of(section).stream().anyMatch(p -> s.key().equals(p) || s.key().startsWith(p.endsWith(".") ? p : p + ".")
                        || s.key().startsWith(p + "~"))).toList();
        if (json) {
            Map<String, Object> values = new LinkedHashMap<>();
            settings.forEach(s -> values.put(s.key(), s.value()));
            return new Json(values);
        }
        return settings.stream().map(Views.Row::of).toList();
    }

    /** One value. */
    @Descriptor("the value of a setting, its default where nobody set it")
    @Example({"config:get ssh.port", "config:get --json log.levels"})
    public Object get(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("SECTION.NAME") @Suggest(from = KeyWords.NAME) String key) throws ConfigException {
        Setting setting = tree.setting(key).orElse(null);
        if (setting == null) {
            tree.explain(key); // throws for a key that is unknown
            throw new IllegalStateException(key + " is not set and has no default");
        }
        return json ? new Json(setting.value()) : Views.text(setting.value());
    }

    /** Why a value is what it is. */
    @Descriptor("a setting's type, range and description, and all layers that give it a value: the last one wins")
    @Example({"config:explain ssh.port", "config:explain ssh.port --json"})
    public Object explain(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("SECTION.NAME") @Suggest(from = KeyWords.NAME) String key) throws ConfigException {
        Explanation e = tree.explain(key);
        if (json) {
            return new Json(e);
        }
        List<Views.Given> layers = new ArrayList<>();
        for (Setting s : e.layers()) {
            layers.add(new Views.Given(Views.layerOf(s), s.source().toString(), Views.text(s.value()), s == e.layers().getLast() ? "wins" : ""));
        }
        return new Views.Explained(e.key(), Views.text(e.value()), e.type(), e.required(), e.allowed(), e.description(), e.pid(), e.name(),
                e.bundle(), layers);
    }

    /** Checks. */
    @Descriptor("checks the files as they are, or one file as if it were the machine's; changes nothing")
    @Example({"config:validate", "config:validate /tmp/new.yaml", "config:validate --in conf.d/10-site.yaml /tmp/new.yaml"})
    public Object validate(CommandSession session,
            @Parameter(names = "--in", absentValue = Edit.MACHINE) @Descriptor("the file in whose place it is checked") String in,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("a file; none checks what is there") @Suggest(Suggest.Kind.FILES) String... file) throws ConfigException {
        List<Problem> problems = file.length == 0 ? tree.check(List.of())
                : named(tree.check(List.of(new Edit.Text(in, text(session.currentDir().resolve(file[0]))))), in, file[0]);
        if (problems.stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR)) {
            throw new ConfigException.Invalid(problems);
        }
        if (json || !problems.isEmpty()) {
            return Json.when(json, problems.stream().map(Views.Complaint::of).toList());
        }
        return "valid";
    }

    /** Places in the file by the name that it was given with. */
    private static List<Problem> named(List<Problem> problems, String in, String file) {
        return problems.stream().map(p -> p.source() == null || !p.source().name().equals(in) ? p : new Problem(p.severity(),
                new Source(p.source().layer(), file, p.source().line(), p.source().column()), p.key(), p.message())).toList();
    }

    private static String text(Path file) {
        try {
            return TextFile.read(file);
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException(file + ": no such file", e);
        } catch (SyntaxException e) {
            throw new IllegalArgumentException(file + ":" + e.line() + ":" + e.column() + ": " + e.getMessage(), e);
        } catch (IOException e) {
            throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
        }
    }

    /** The schema. */
    @Descriptor("all sections and their settings as JSON Schema (draft 2020-12), for editors")
    @Example({"config:schema > /tmp/cloudos.schema.json"})
    public Object schema() {
        return tree.jsonSchema();
    }

    /** What was changed. */
    @Descriptor("changes of the configuration, oldest first, with what became of them")
    @Example({"config:history", "config:history --json"})
    public Object history(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        List<Change> changes = tree.history();
        return json ? new Json(changes) : changes.stream().map(Views.Past::of).toList();
    }

    /** What is different. */
    @Descriptor("what differs between two revisions; with one, from it to what is in force; with none, what the last change did")
    @Example({"config:diff", "config:diff 3", "config:diff 3 5"})
    public Object diff(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("revisions; 0 is that without any file") int... revision) throws ConfigException {
        List<Change> kept = tree.history().stream().filter(c -> c.outcome() != Change.Outcome.TAKEN_BACK).toList();
        if (revision.length == 0) {
            return rows(kept.isEmpty() ? List.of() : kept.getLast().differences(), json);
        }
        int to = revision.length > 1 ? revision[1] : kept.isEmpty() ? 0 : kept.getLast().number();
        return rows(tree.difference(revision[0], to), json);
    }

    private static Object rows(List<Change.Difference> differences, boolean json) {
        return json ? new Json(differences) : differences.stream().map(Views.Difference::of).toList();
    }
}
