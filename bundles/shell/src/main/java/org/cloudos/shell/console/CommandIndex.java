package org.cloudos.shell.console;

import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import org.apache.felix.gogo.runtime.CommandProxy;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.gogo.runtime.Reflective;
import org.apache.felix.service.command.CommandSession;
import org.cloudos.nearest.Nearest;

/** The commands that are there, by name, with the methods behind them. */
final class CommandIndex {
    private static final String SCOPES = "os:bundle:gogo:felix";
    private final CommandSession session;

    CommandIndex(CommandSession session) {
        this.session = session;
    }

    /** Full names, {@code scope:function}, sorted; without those that serve the shell itself. */
    List<String> names() {
        if (!(session.get(CommandSessionImpl.COMMANDS) instanceof java.util.Set<?> commands)) {
            return List.of();
        }
        TreeSet<String> names = new TreeSet<>();
        for (Object name : commands) {
            String text = name.toString();
            if (!text.contains(":_") && session.get(text) != null) {
                names.add(text);
            }
        }
        return List.copyOf(names);
    }

    /** The full name that a word would run. */
    Optional<String> resolve(String word) {
        List<String> names = names();
        if (word.indexOf(':') >= 0) {
            return names.stream().filter(word::equalsIgnoreCase).findFirst();
        }
        for (String scope : SCOPES.split(":")) {
            String name = scope + ":" + word.toLowerCase(java.util.Locale.ROOT);
            if (names.contains(name)) {
                return Optional.of(name);
            }
        }
        return names.stream().filter(n -> n.endsWith(":" + word.toLowerCase(java.util.Locale.ROOT))).findFirst();
    }

    /** Whether a word is a scope; also where a command has the same name, as felix:log: who asks for that can say so. */
    boolean isScope(String word) {
        String prefix = word.toLowerCase(java.util.Locale.ROOT) + ":";
        return names().stream().anyMatch(n -> n.startsWith(prefix));
    }

    /** The methods that may run for this full name; none for commands that read their own arguments. */
    List<Method> methods(String name) {
        if (!(session.get(name) instanceof CommandProxy proxy)) {
            return List.of();
        }
        Object target = proxy.getTarget();
        try {
            String function = name.substring(name.indexOf(':') + 1).toLowerCase(java.util.Locale.ROOT);
            // A Function may have hyphens in its command's name; its method, which Java's rules are for, says what it takes.
            String method = Reflective.KEYWORDS.contains(function) ? "_" + function : function.replace("-", "");
            List<String> accepted = List.of(method, "get" + function, "is" + function, "set" + function);
            return target == null ? List.of() : Arrays.stream(target.getClass().getMethods())
                    .filter(m -> accepted.contains(m.getName().toLowerCase(java.util.Locale.ROOT)))
                    .sorted(Comparator.comparing(Method::getParameterCount)).toList();
        } finally {
            proxy.ungetTarget();
        }
    }

    /** What to say about a word that is no command. */
    String unknown(String word) {
        List<String> near = nearest(word);
        String text = "Unknown command: " + word;
        return near.isEmpty() ? text + ". `help` lists all." : text + ". Did you mean " + String.join(" or ", near) + "?";
    }

    private List<String> nearest(String word) {
        List<String> words = new ArrayList<>();
        boolean scoped = word.indexOf(':') >= 0;
        for (String name : names()) {
            words.add(scoped ? name : name.substring(name.indexOf(':') + 1));
        }
        return Nearest.all(word, words).stream().map(w -> scoped ? w : resolve(w).orElse(w)).limit(3).toList();
    }

    private static String wrongOption(List<Usage> usages, String line) {
        List<String> known = Usage.options(usages).stream().flatMap(o -> o.names().stream()).toList();
        for (String word : line.strip().split("[\\s|;]+")) {
            if (word.startsWith("--") && !known.contains(word)) {
                List<String> near = Nearest.all(word, known);
                return "unknown option " + word + "." + (near.isEmpty() ? "" : " Did you mean " + near.getFirst() + "?");
            }
        }
        return "these arguments are not understood.";
    }

    /** What to say when Gogo finds no method for the arguments: {@code Cannot coerce NAME(TYPES) to any of LIST}. */
    String usageError(String gogo, String line) {
        String function = gogo.substring("Cannot coerce ".length(), gogo.indexOf('('));
        String bare = function.startsWith("_") ? function.substring(1) : function;
        // Of commands with the same function the one that was typed with its scope, if one was.
        Optional<String> name = Arrays.stream(line.strip().split("[\\s|;()]+"))
                .filter(word -> word.regionMatches(true, word.length() - bare.length() - 1, ":" + bare, 0, bare.length() + 1)).findFirst()
                .flatMap(this::resolve).or(() -> resolve(bare));
        List<Method> methods = name.map(this::methods).orElse(List.of());
        if (methods.isEmpty()) {
            return gogo;
        }
        List<Usage> usages = methods.stream().map(m -> new Usage(name.get(), m)).toList();
        StringBuilder text = new StringBuilder(name.get()).append(": ").append(wrongOption(usages, line));
        usages.forEach(u -> text.append("\nUsage: ").append(u.line()));
        return text.append("\n`help ").append(name.get()).append("` says more.").toString();
    }
}
