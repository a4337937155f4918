package org.cloudos.image;

import java.util.ArrayList;
import java.util.List;

/**
 * A line of sysusers.d(5) or tmpfiles.d(5). Their first letters differ, so that one file can hold both.
 *
 * @param words without quotes; none for a comment or an empty line
 */
record SetupLine(List<String> words) {
    /** Of tmpfiles.d: what stands here is taken to the end of the line, as it is. */
    private static final int ARGUMENT = 6;

    static SetupLine of(String line) throws ImageException {
        List<String> words = new ArrayList<>();
        StringBuilder word = null;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (quote == 0 && Character.isWhitespace(c)) {
                if (word != null) words.add(word.toString());
                word = null;
                continue;
            }
            if (word == null && words.isEmpty() && c == '#') return new SetupLine(List.of());
            if (word == null && words.size() == ARGUMENT) {
                words.add(line.substring(i).strip());
                break;
            }
            if (word == null) word = new StringBuilder();
            if (quote == 0 && (c == '"' || c == '\'')) quote = c;
            else if (c == quote) quote = 0;
            else word.append(c);
        }
        if (quote != 0) throw new ImageException("a quote is not closed in the line '" + line + "'");
        if (word != null) words.add(word.toString());
        if (words.size() == 1) throw new ImageException("expected a line of sysusers.d or tmpfiles.d, found '" + line + "'");
        return new SetupLine(List.copyOf(words));
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    /** Whether it declares a user, a group or a membership. */
    boolean account() {
        return !isEmpty() && words.getFirst().matches("[ugm]!?");
    }

    /** tmpfiles.d: what to do, without the marks that say when. */
    char type() {
        return words.getFirst().charAt(0);
    }

    /** tmpfiles.d: the path. */
    String path() {
        return words.get(1);
    }

    /** tmpfiles.d: a field; "-" when it is absent or empty. */
    String field(int index) {
        return words.size() > index && !words.get(index).isEmpty() ? words.get(index) : "-";
    }

    /** tmpfiles.d: the argument, which may have spaces and quotes. */
    String argument() {
        return field(ARGUMENT);
    }

    /** tmpfiles.d: the access mode, octal; null when none is given. */
    Integer mode() throws ImageException {
        String text = field(2).replaceFirst("^[~:]+", "");
        if (text.equals("-")) return null;
        if (!text.matches("[0-7]{3,5}")) throw new ImageException("expected an octal mode, found '" + text + "' for " + path());
        return Integer.parseInt(text, 8);
    }
}
