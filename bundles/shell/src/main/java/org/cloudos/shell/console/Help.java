package org.cloudos.shell.console;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.cloudos.shell.Example;
import org.cloudos.shell.Json;
import org.cloudos.shell.Suggest;

/** The command {@code help}. */
public final class Help {
    /** One command in the list. */
    public record Command(String command, String description) { }

    /** What gogo.jline's commands say only when they run. */
    private static final Map<String, String> GOGO = Map.ofEntries(
            Map.entry("bg", "go on with a job in the background"), Map.entry("cat", "print files"),
            Map.entry("cd", "change the current folder"), Map.entry("clear", "clear the screen"),
            Map.entry("date", "the date and time"), Map.entry("each", "run a closure for each element"),
            Map.entry("echo", "print the arguments"), Map.entry("fg", "bring a job to the foreground"),
            Map.entry("format", "show a value as the shell does"), Map.entry("grep", "lines that match a pattern"),
            Map.entry("head", "the first lines of files"), Map.entry("history", "the lines typed before"),
            Map.entry("if", "if {condition} {then} {else}"), Map.entry("jobs", "jobs of this session"),
            Map.entry("keymap", "keys of the line editor"), Map.entry("less", "page through a file, or output: log:tail | less"),
            Map.entry("ls", "list files"), Map.entry("more", "same as less"), Map.entry("nano", "edit a file"),
            Map.entry("new", "make a Java object"), Map.entry("not", "invert a condition"),
            Map.entry("pwd", "the current folder"), Map.entry("set", "show or set session options"),
            Map.entry("setopt", "set an option of the line editor"), Map.entry("sleep", "wait for some seconds"),
            Map.entry("sort", "sort lines"), Map.entry("source", "run a script in this session"),
            Map.entry("sh", "run a script in a session of its own"), Map.entry("gosh", "run a script in a session of its own"),
            Map.entry("tac", "capture output as a string, or write it to a file"), Map.entry("tail", "the last lines of files"),
            Map.entry("throw", "throw an exception"), Map.entry("try", "try {body} {catch}"),
            Map.entry("type", "what a word runs"), Map.entry("unsetopt", "unset an option of the line editor"),
            Map.entry("until", "until {condition} {body}"), Map.entry("watch", "run a command again and again"),
            Map.entry("wc", "count lines, words and bytes"), Map.entry("while", "while {condition} {body}"),
            Map.entry("widget", "functions of the line editor"), Map.entry("break", "leave a loop"),
            Map.entry("continue", "next round of a loop"), Map.entry("getopt", "read a script's options"));

    Help() { }

    /** All commands. */
    @Descriptor("lists all commands")
    @Example({"help", "help --json"})
    public Object help(CommandSession session,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json) {
        return Json.when(json, list(new CommandIndex(session), ""));
    }

    private static List<Command> list(CommandIndex commands, String prefix) {
        return commands.names().stream().filter(name -> name.startsWith(prefix)).map(name -> new Command(name, describe(commands, name))).toList();
    }

    /** One command, or those of a scope. */
    @Descriptor("says what a command does and takes; of a scope (config, log) which commands it has")
    @Example({"help os:status", "help config"})
    public Object help(CommandSession session,
            @Descriptor("name, with or without scope; or a scope") @Suggest(Suggest.Kind.COMMANDS) String command) throws Exception {
        CommandIndex commands = new CommandIndex(session);
        if (commands.isScope(command)) {
            return list(commands, command.toLowerCase(java.util.Locale.ROOT) + ":");
        }
        String name = commands.resolve(command)
                .orElseThrow(() -> new IllegalArgumentException(commands.unknown(command)));
        List<Usage> usages = Usage.of(commands, name);
        if (usages.isEmpty()) {
            return builtin(session, commands, name);
        }
        StringBuilder text = new StringBuilder(name).append(" - ").append(describe(commands, name)).append("\n\nUsage:\n");
        usages.forEach(u -> text.append("  ").append(u.line()).append('\n'));
        parameters(text, usages);
        List<String> examples = usages.stream().flatMap(u -> u.examples().stream()).distinct().toList();
        if (!examples.isEmpty()) {
            text.append("\nExamples:\n");
            examples.forEach(e -> text.append("  ").append(e).append('\n'));
        }
        return text.toString().stripTrailing();
    }

    private static void parameters(StringBuilder text, List<Usage> usages) {
        List<String[]> lines = new ArrayList<>();
        for (Usage usage : usages) {
            for (Usage.Argument argument : usage.arguments()) {
                lines.add(new String[] {argument.name(), argument.description()});
            }
        }
        for (Usage.Option option : Usage.options(usages)) {
            lines.add(new String[] {String.join(", ", option.names()) + (option.flag() ? "" : " VALUE"), option.description()});
        }
        int width = lines.stream().mapToInt(l -> l[0].length()).max().orElse(0);
        List<String> done = new ArrayList<>();
        for (String[] line : lines) {
            String shown = "  " + line[0] + " ".repeat(width - line[0].length() + 2) + line[1];
            if (!line[1].isEmpty() && !done.contains(shown)) {
                text.append(done.isEmpty() ? "\nTakes:\n" : "").append(shown).append('\n');
                done.add(shown);
            }
        }
    }

    /** Gogo's own commands know their options only by {@code --help}. */
    private static Object builtin(CommandSession session, CommandIndex commands, String name) throws Exception {
        String function = name.substring(name.indexOf(':') + 1);
        if (name.startsWith("gogo:") && List.of("cat", "grep", "sort", "ls", "less", "more", "watch", "nano", "head", "tail",
                "clear", "wc", "date", "echo", "sleep", "cd", "pwd").contains(function)) {
            return session.execute(name + " --help");
        }
        return name + " - " + describe(commands, name);
    }

    private static String describe(CommandIndex commands, String name) {
        String gogo = name.startsWith("gogo:") ? GOGO.get(name.substring("gogo:".length())) : null;
        return gogo != null ? gogo : Usage.first(Usage.of(commands, name));
    }
}
