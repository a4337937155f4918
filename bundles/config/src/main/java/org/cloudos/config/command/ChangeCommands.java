package org.cloudos.config.command;

import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Trial;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Changes the configuration. */
@Component(service = ChangeCommands.class)
@GogoCommand(scope = "config", function = {"set", "unset", "try", "confirm", "cancel", "reload", "rollback"})
public final class ChangeCommands {
    private static final String BY = "shell";
    private final ConfigTree tree;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public ChangeCommands(@Reference ConfigTree tree) {
        this.tree = tree;
    }

    /** Sets one. */
    @Descriptor("gives a setting a value, at once and for good; checked before anything changes")
    @Example({"config:set ssh.port 2223", "config:set http.contextPath /ui --in conf.d/10-site.yaml",
        "config:set webconsole.password '${file:/run/secrets/console}'"})
    public Object set(
            @Parameter(names = "--in", absentValue = Edit.MACHINE) @Descriptor("the file: machine.yaml or conf.d/NAME.yaml") String in,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("SECTION.NAME") @Suggest(from = KeyWords.NAME) String key, @Descriptor("as YAML writes it; a list in brackets") String value)
            throws ConfigException {
        return show(tree.change(List.of(new Edit.Set(in, key, value)), Change.Options.edit(BY)), json);
    }

    /** Takes one away. */
    @Descriptor("takes a setting out of a file, so that a lower layer or its default has it")
    @Example("config:unset ssh.port")
    public Object unset(
            @Parameter(names = "--in", absentValue = Edit.MACHINE) @Descriptor("the file: machine.yaml or conf.d/NAME.yaml") String in,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("SECTION.NAME") @Suggest(from = KeyWords.NAME) String key) throws ConfigException {
        return show(tree.change(List.of(new Edit.Unset(in, key)), Change.Options.edit(BY)), json);
    }

    /** Tries some. */
    @Descriptor("sets values on trial: they go back by themselves unless confirmed, and at once when health turns bad")
    @Example({"config:try --for 60s ssh.port=2223", "config:try ssh.port=2223 ssh.address=0.0.0.0"})
    public Object _try(
            @Parameter(names = "--for", absentValue = "60s") @Descriptor("how long: 30s, 5min") String limit,
            @Parameter(names = "--in", absentValue = Edit.MACHINE) @Descriptor("the file: machine.yaml or conf.d/NAME.yaml") String in,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("SECTION.NAME=VALUE") @Suggest(from = SettingWords.NAME) String... setting) throws ConfigException {
        List<Edit> edits = new ArrayList<>();
        for (String each : setting) {
            int equals = each.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("expected SECTION.NAME=VALUE, found " + each);
            }
            edits.add(new Edit.Set(in, each.substring(0, equals), each.substring(equals + 1)));
        }
        if (edits.isEmpty()) {
            throw new IllegalArgumentException("What is to be tried? SECTION.NAME=VALUE");
        }
        return show(tree.change(edits, Change.Options.trial(BY, Times.parse("--for", limit))), json);
    }

    /** Keeps. */
    @Descriptor("keeps the change that is on trial; refused while something is not well that was before")
    @Example("config:confirm")
    public Object confirm(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws ConfigException {
        return show(tree.confirm(), json);
    }

    /** Takes back. */
    @Descriptor("takes back the change that is on trial")
    @Example("config:cancel")
    public Object cancel(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws ConfigException {
        return show(tree.cancel("cancelled by " + BY), json);
    }

    /** Reads again. */
    @Descriptor("takes in files that were changed, and secrets; files are also watched")
    @Example("config:reload")
    public Object reload(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws ConfigException {
        Optional<Trial> trial = tree.trial();
        if (trial.isPresent()) {
            throw new IllegalStateException("change " + trial.get().number() + " is on trial until " + trial.get().deadline().truncatedTo(ChronoUnit.SECONDS)
                    + "; files are taken in when it ends");
        }
        Optional<Change> change = tree.reload();
        return change.isPresent() ? show(change.get(), json) : json ? new Json(null) : "nothing differs";
    }

    /** Goes back. */
    @Descriptor("puts back the files of an older revision, as a new revision")
    @Example({"config:rollback 3", "config:rollback 3 --for 60s"})
    public Object rollback(
            @Parameter(names = "--for", absentValue = "") @Descriptor("on trial for so long") String limit,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("the revision, as config:history numbers them") int revision) throws ConfigException {
        Change.Options options = new Change.Options(Change.Kind.ROLLBACK,
                limit.isEmpty() ? Optional.empty() : Optional.of(Times.parse("--for", limit)), BY, "to revision " + revision);
        return show(tree.rollback(revision, options), json);
    }

    private Object show(Change change, boolean json) {
        return json ? new Json(change) : Views.Done.of(change, note(tree));
    }

    /** What the user should do next. */
    static String note(ConfigTree tree) {
        return tree.trial().map(t -> "goes back at " + t.deadline().truncatedTo(ChronoUnit.SECONDS) + " unless config:confirm keeps it").orElse("");
    }
}
