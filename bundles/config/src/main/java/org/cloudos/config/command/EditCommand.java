package org.cloudos.config.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.config.Change;
import org.cloudos.config.ConfigException;
import org.cloudos.config.ConfigTree;
import org.cloudos.config.Edit;
import org.cloudos.config.Problem;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.jline.terminal.Terminal;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Opens a file of the configuration in the shell's editor, on the terminal of the session: a console, a serial line, SSH. */
@Component(service = EditCommand.class)
@GogoCommand(scope = "config", function = "edit")
public final class EditCommand {
    private final ConfigTree tree;
    private final Path drafts;

    /** Made by Declarative Services when a command runs first. */
    @Activate
    public EditCommand(BundleContext context, @Reference ConfigTree tree) {
        this.tree = tree;
        this.drafts = Path.of(context.getProperty("cloudos.data"), "config", "edit");
    }

    /** Edits. */
    @Descriptor("opens a file in an editor, checks what it says, and applies it; a draft with errors is kept for the next time")
    @Example({"config:edit", "config:edit --in conf.d/10-site.yaml", "config:edit --for 60s", "config:edit --discard"})
    public Object edit(CommandSession session,
            @Parameter(names = "--in", absentValue = Edit.MACHINE) @Descriptor("the file: machine.yaml or conf.d/NAME.yaml") String in,
            @Parameter(names = "--for", absentValue = "") @Descriptor("apply on trial for so long") String limit,
            @Parameter(names = "--discard", presentValue = "true", absentValue = "false") @Descriptor("forget the draft") boolean discard,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json)
            throws Exception {
        requireEditable(in);
        Path draft = drafts.resolve(in.replace('/', '_'));
        Path base = drafts.resolve(in.replace('/', '_') + ".base");
        if (discard) {
            boolean there = Files.deleteIfExists(draft);
            Files.deleteIfExists(base);
            return there ? "the draft is forgotten" : "there is no draft";
        }
        Optional<Change.Options> trial = limit.isEmpty() ? Optional.empty()
                : Optional.of(Change.Options.trial("editor", Times.parse("--for", limit)));
        requireTerminal(session);
        String before = Files.exists(base) ? Files.readString(base) : tree.files().getOrDefault(in, "");
        if (!Files.exists(draft)) {
            Files.createDirectories(drafts);
            Files.writeString(draft, before);
            Files.writeString(base, before);
        }
        session.execute("gogo:nano '" + draft.toString().replace("'", "\\'") + "'");
        return apply(in, draft, base, before, trial.orElse(Change.Options.edit("editor")), json);
    }

    private Object apply(String in, Path draft, Path base, String before, Change.Options options, boolean json)
            throws ConfigException, IOException {
        String after = Files.readString(draft);
        if (after.equals(before)) {
            Files.deleteIfExists(draft);
            Files.deleteIfExists(base);
            return "nothing was changed";
        }
        if (!before.equals(tree.files().getOrDefault(in, ""))) {
            throw new ConfigException.Refused(in + " was changed by somebody else meanwhile. Your draft is " + draft
                    + "; config:edit --discard forgets it");
        }
        List<Edit> edits = List.of(new Edit.Text(in, after));
        List<Problem> problems = tree.check(edits);
        if (problems.stream().anyMatch(p -> p.severity() == Problem.Severity.ERROR)) {
            throw new ConfigException.Refused(new ConfigException.Invalid(problems).getMessage()
                    + "\nNothing was changed. config:edit opens the draft again, config:edit --discard forgets it");
        }
        Change change = tree.change(edits, options);
        Files.deleteIfExists(draft);
        Files.deleteIfExists(base);
        return json ? new Json(change) : Views.Done.of(change, ChangeCommands.note(tree));
    }

    private static void requireEditable(String in) {
        if (!in.equals(Edit.MACHINE) && !in.matches("conf\\.d/[A-Za-z0-9_][\\w.+-]{0,100}\\.ya?ml")) {
            throw new IllegalArgumentException("--in: expected machine.yaml or conf.d/NAME.yaml, found " + in);
        }
    }

    private static void requireTerminal(CommandSession session) {
        boolean terminal = session.get(".terminal") instanceof Terminal t && !t.getType().startsWith("dumb");
        if (!terminal) {
            throw new IllegalStateException("an editor needs a terminal, and this session has none; config:set KEY VALUE works without one");
        }
    }
}
