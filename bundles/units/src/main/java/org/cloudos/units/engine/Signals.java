package org.cloudos.units.engine;

import java.util.List;
import java.util.Locale;

/** Signals of Linux by name. */
final class Signals {
    static final int HUP = 1;
    static final int KILL = 9;
    static final int ABRT = 6;
    static final int TERM = 15;
    static final int CONT = 18;
    private static final List<String> NAMES = List.of("", "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2",
            "PIPE", "ALRM",
            "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO", "PWR", "SYS");
    private static final int REAL_TIME = 34;
    private static final int LAST = 64;

    private Signals() { }

    static String name(int number) {
        return number > 0 && number < NAMES.size() ? NAMES.get(number) : number >= REAL_TIME ? "RTMIN+" + (number - REAL_TIME) : Integer.toString(number);
    }

    /** By name, with or without SIG, or number; -1 when there is none. */
    static int number(String text) {
        String word = text.toUpperCase(Locale.ROOT);
        word = word.startsWith("SIG") ? word.substring(3) : word;
        if (word.matches("\\d{1,2}")) {
            int n = Integer.parseInt(word);
            return n >= 1 && n <= LAST ? n : -1;
        }
        if (word.matches("RTMIN(\\+\\d{1,2})?")) {
            return REAL_TIME + (word.length() > 6 ? Integer.parseInt(word.substring(6)) : 0);
        }
        if (word.matches("RTMAX(-\\d{1,2})?")) {
            return LAST - (word.length() > 6 ? Integer.parseInt(word.substring(6)) : 0);
        }
        int n = word.equals("POLL") ? NAMES.indexOf("IO") : word.equals("IOT") ? ABRT : word.equals("CLD") ? NAMES.indexOf("CHLD") : NAMES.indexOf(word);
        return n > 0 ? n : -1;
    }

    static int parse(String text) {
        int n = number(text);
        if (n < 0) {
            throw new IllegalArgumentException("expected a signal such as SIGTERM, found " + text);
        }
        return n;
    }
}
