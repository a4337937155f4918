package org.cloudos.units.commands;

import java.util.List;
import java.util.Locale;

/** A signal as people write it: {@code HUP}, {@code SIGHUP} or {@code 1}; signal(7), but for real-time ones, which have numbers only. */
final class SignalWord {
    private static final List<String> NAMES = List.of("", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
            "PIPE", "ALRM", "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
            "PWR", "SYS");
    private static final int LAST = 64;

    private SignalWord() { }

    static int number(String text) {
        String name = text.toUpperCase(Locale.ROOT);
        int number = text.matches("\\d{1,2}") ? Integer.parseInt(text) : NAMES.indexOf(name.startsWith("SIG") ? name.substring("SIG".length()) : name);
        if (number < 1 || number > LAST) {
            throw new IllegalArgumentException("expected a signal such as HUP, USR1 or a number from 1 to " + LAST + ", found " + text);
        }
        return number;
    }
}
