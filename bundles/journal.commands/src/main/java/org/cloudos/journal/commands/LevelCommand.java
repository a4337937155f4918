package org.cloudos.journal.commands;

import java.util.List;
import java.util.Optional;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.journal.Level;
import org.cloudos.journal.Levels;
import org.cloudos.journal.Text;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** What is logged at all. */
@Component(service = LevelCommand.class)
@GogoCommand(scope = "log", function = "level")
public final class LevelCommand {
    /** A rule. */
    public record Row(String name, String of, Level level, String origin) { }

    private final Levels levels;

    /** Made when the command runs first. */
    @Activate
    public LevelCommand(@Reference Levels levels) {
        this.levels = levels;
    }

    /** Shows or changes levels. */
    @Descriptor("levels of bundles and loggers; with NAME what holds for it, with NAME LEVEL changes it until the next start")
    @Example({"log:level", "log:level org.cloudos.ssh debug", "log:level org.apache.sshd warn", "log:level ROOT info", "log:level org.cloudos.ssh default"})
    public Object level(
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("NAME of a bundle or the beginning of loggers' names, and error, warn, info, debug, trace or default")
            @Suggest(Suggest.Kind.BUNDLES) String... change) {
        if (change.length > 2) {
            throw new IllegalArgumentException("expected at most NAME and LEVEL, found " + change.length + " words");
        }
        if (change.length == 1) {
            List<Levels.Rule> own = levels.rules().stream().filter(r -> r.name().equals(change[0])).toList();
            return Json.when(json, own.isEmpty() ? new Row(change[0], "logger", levels.effective(change[0]), "inherited") : row(own.getFirst()));
        }
        if (change.length == 2) {
            levels.set(change[0], change[1].equals("default") ? Optional.empty() : Optional.of(Level.of(change[1])
                    .orElseThrow(() -> new IllegalArgumentException("expected error, warn, info, debug, trace or default, found "
                    + Text.harmless(change[1])))));
        }
        return Json.when(json, levels.rules().stream().map(LevelCommand::row).toList());
    }

    private static Row row(Levels.Rule rule) {
        return new Row(rule.name(), rule.bundle() ? "bundle" : "logger", rule.level(), rule.origin());
    }
}
