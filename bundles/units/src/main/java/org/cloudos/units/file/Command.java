package org.cloudos.units.file;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * One command of {@code ExecStart=} and the like. systemd.service(5) "Command lines".
 *
 * @param path       absolute, or a name that is looked for
 * @param words      the program's arguments, its name first
 * @param mayFail    {@code -}
 * @param expand     variables are filled in; not with {@code :}
 * @param privileged {@code +}: as root, without the sandbox
 * @param asRoot     {@code !}: in the sandbox, but as our own user; {@code !!} is for kernels without ambient capabilities
 */
public record Command(String path, List<String> words, boolean mayFail, boolean expand, boolean privileged, boolean asRoot) {
    private static final String PREFIXES = "-@:+!|";

    /**
     * Reads a value; several commands stand with {@code ;} between them.
     *
     * @throws IllegalArgumentException says what was expected
     */
    public static List<Command> parse(String value, UnaryOperator<String> specifiers) {
        List<Command> commands = new ArrayList<>();
        List<Words.Word> one = new ArrayList<>();
        for (Words.Word word : Words.words(value)) {
            if (word.text().equals(";") && !word.quoted()) {
                commands.add(of(one, specifiers));
                one.clear();
            } else {
                one.add(word.text().equals("\\;") ? new Words.Word(";", true) : word);
            }
        }
        if (!one.isEmpty()) {
            commands.add(of(one, specifiers));
        }
        return commands;
    }

    private static Command of(List<Words.Word> words, UnaryOperator<String> specifiers) {
        if (words.isEmpty()) {
            throw new IllegalArgumentException("expected a command, found none");
        }
        String first = words.getFirst().text();
        int n = 0;
        while (n < first.length() && PREFIXES.indexOf(first.charAt(n)) >= 0) {
            n++;
        }
        String prefix = first.substring(0, n);
        String path = specifiers.apply(first.substring(n));
        if (path.isEmpty()) {
            throw new IllegalArgumentException("expected a program after " + prefix);
        }
        if (prefix.indexOf('|') >= 0) {
            throw new IllegalArgumentException("the prefix | (a login shell) is not supported");
        }
        if (path.contains("/") && !path.startsWith("/")) {
            throw new IllegalArgumentException("expected an absolute path or a plain name, found " + UnitText.quote(path));
        }
        List<String> arguments = new ArrayList<>();
        boolean named = prefix.indexOf('@') >= 0;
        if (named && words.size() < 2) {
            throw new IllegalArgumentException("expected the program's name after @" + path);
        }
        if (!named) {
            arguments.add(path);
        }
        for (int i = 1; i < words.size(); i++) {
            arguments.add(specifiers.apply(words.get(i).text()));
        }
        return new Command(path, List.copyOf(arguments), prefix.indexOf('-') >= 0, prefix.indexOf(':') < 0, prefix.indexOf('+') >= 0,
                prefix.indexOf('!') >= 0 && prefix.indexOf('!') == prefix.lastIndexOf('!'));
    }

    /** The arguments with variables filled in: {@code $NAME} as a word becomes its words, <code>${NAME}</code> stays one. */
    public List<String> arguments(Map<String, String> environment) {
        if (!expand) {
            return words;
        }
        List<String> out = new ArrayList<>();
        out.add(words.getFirst());
        for (String word : words.subList(1, words.size())) {
            if (word.length() > 1 && word.charAt(0) == '$' && isName(word.substring(1))) {
                String value = environment.get(word.substring(1));
                if (value != null) {
                    out.addAll(Words.split(value));
                }
            } else {
                out.add(replace(word, environment));
            }
        }
        return out;
    }

    private static boolean isName(String text) {
        return text.chars().allMatch(c -> c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z')
                && !Character.isDigit(text.charAt(0));
    }

    private static String replace(String word, Map<String, String> environment) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            char c = word.charAt(i);
            if (c == '$' && word.startsWith("$$", i)) {
                out.append('$');
                i++;
            } else if (c == '$' && word.startsWith("${", i)) {
                int end = word.indexOf('}', i);
                String name = end < 0 ? "" : word.substring(i + 2, end);
                if (name.isEmpty() || !isName(name)) {
                    out.append(c);
                } else {
                    out.append(environment.getOrDefault(name, ""));
                    i = end;
                }
            } else if (c == '$') {
                int end = i + 1;
                while (end < word.length() && isName(word.substring(i + 1, end + 1))) {
                    end++;
                }
                out.append(end == i + 1 ? "$" : environment.getOrDefault(word.substring(i + 1, end), ""));
                i = Math.max(i, end - 1);
            } else {
                out.append(c);
            }
        }
        return out.toString();
    }

    /** As it would be typed. */
    public String line() {
        return String.join(" ", words);
    }
}
