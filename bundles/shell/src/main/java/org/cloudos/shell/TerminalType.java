package org.cloudos.shell;

import java.util.Locale;
import java.util.Set;
import org.jline.utils.InfoCmp;

/**
 * Types of terminals (terminfo names) that the line editor knows by itself. For others it would run the program
 * {@code infocmp}, which takes long, is not there in a booted system, and would get a word from the network.
 */
public final class TerminalType {
    private static final Set<String> KNOWN = Set.of("ansi", "dumb", "dumb-color", "rxvt", "rxvt-basic", "rxvt-unicode",
            "rxvt-unicode-256color", "screen", "screen-256color", "xterm", "xterm-256color");

    private TerminalType() { }

    /** The type itself when it is known, else the known one that is most alike. */
    public static String known(String type) {
        String known = alike(type == null ? "dumb" : type.toLowerCase(Locale.ROOT));
        InfoCmp.setLoadedInfoCmp(known, InfoCmp.getDefaultInfoCmp(known));
        return known;
    }

    private static String alike(String type) {
        if (KNOWN.contains(type)) {
            return type;
        }
        boolean many = type.contains("256") || type.contains("direct") || type.contains("truecolor");
        if (type.startsWith("tmux") || type.startsWith("screen")) {
            return many ? "screen-256color" : "screen";
        }
        boolean old = type.startsWith("vt") || type.startsWith("linux") || type.startsWith("ansi") || type.startsWith("cons");
        return old ? "ansi" : type.startsWith("dumb") || type.equals("unknown") ? "dumb" : many ? "xterm-256color" : "xterm";
    }
}
