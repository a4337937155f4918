package org.cloudos.config.layers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.config.yaml.SyntaxException;

/**
 * References to secrets: {@code ${file:PATH}} and {@code ${env:NAME}}. A second {@code $} in front makes it plain text. A
 * secret is read when it is delivered, and no message holds one.
 *
 * @param folder      that relative paths start from
 * @param environment of the process
 */
public record References(Path folder, Map<String, String> environment) {
    private static final Pattern FORM = Pattern.compile("(\\$?)\\$\\{(file|env):([^{}]*)\\}");
    private static final int MAX_BYTES = 1 << 16;

    /** A reference that leads to nothing. */
    public static final class Dangling extends Exception {
        private static final long serialVersionUID = 1L;

        Dangling(String message) {
            super(message);
        }
    }

    /** Whether there is one in this text, also an escaped one. */
    public static boolean in(String text) {
        return text.indexOf("${") >= 0 && FORM.matcher(text).find();
    }

    /** Whether the text is one reference and nothing else. */
    public static boolean is(String text) {
        Matcher matcher = FORM.matcher(text);
        return matcher.matches() && matcher.group(1).isEmpty();
    }

    /** The text with its secrets in it. */
    public String resolve(String text) throws Dangling {
        StringBuilder out = new StringBuilder();
        int from = 0;
        for (MatchResult match : FORM.matcher(text).results().toList()) {
            out.append(text, from, match.start());
            out.append(match.group(1).isEmpty() ? secret(match.group(2), match.group(3)) : match.group().substring(1));
            from = match.end();
        }
        return out.append(text, from, text.length()).toString();
    }

    private String secret(String scheme, String name) throws Dangling {
        if (scheme.equals("env")) {
            String value = environment.get(name);
            if (value == null) {
                throw new Dangling("the variable " + name + " is not in the environment");
            }
            return value;
        }
        Path file = folder.resolve(name);
        try {
            if (Files.isRegularFile(file) && Files.size(file) > MAX_BYTES) {
                throw new Dangling(file + ": expected a secret of at most " + MAX_BYTES + " bytes");
            }
            String text = TextFile.read(file);
            return text.endsWith("\r\n") ? text.substring(0, text.length() - 2)
                    : text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
        } catch (NoSuchFileException e) {
            throw new Dangling(file + " does not exist");
        } catch (SyntaxException | IOException e) {
            throw new Dangling(file + ": " + e.getMessage());
        }
    }

    /** What an operator should know of a reference that works: a file that everybody can read. */
    Optional<String> doubt(String text) {
        for (MatchResult match : FORM.matcher(text).results().toList()) {
            Path file = folder.resolve(match.group(3));
            try {
                if (match.group(2).equals("file") && Files.getPosixFilePermissions(file).contains(PosixFilePermission.OTHERS_READ)) {
                    return Optional.of(file + " can be read by everybody: chmod o-r takes that away");
                }
            } catch (IOException | UnsupportedOperationException e) {
                return Optional.empty();
            }
        }
        return Optional.empty();
    }
}
