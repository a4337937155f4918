package org.cloudos.cli;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.PrintStream;
import java.util.function.Consumer;

/** What the user sees: results on standard output, everything else on standard error. */
public final class Console {
    /** How much is told. */
    public enum Level { QUIET, NORMAL, VERBOSE }

    private static final Gson JSON = new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

    private final PrintStream out;
    private final PrintStream err;
    private final boolean terminal;
    private Level level = Level.NORMAL;

    public Console(PrintStream out, PrintStream err, boolean terminal) {
        this.out = out;
        this.err = err;
        this.terminal = terminal;
    }

    /** The process's own; the script says in CLOUDOS_TTY whether standard error is a terminal. */
    public static Console ofProcess() {
        return new Console(System.out, System.err, "1".equals(System.getenv("CLOUDOS_TTY")));
    }

    void level(Level chosen) {
        level = chosen;
    }

    /** How much is told. */
    public Level level() {
        return level;
    }

    /** A result. */
    public void print(String line) {
        out.println(line);
    }

    /** A result for programs. */
    public void json(Object value) {
        out.println(JSON.toJson(value));
    }

    /** Something worth knowing. */
    public void say(String line) {
        if (level != Level.QUIET) {
            err.println(line);
        }
    }

    /** Something worth knowing with -v. */
    public void detail(String line) {
        if (level == Level.VERBOSE) {
            err.println(line);
        }
    }

    /** A failure: always told; its trace only with -v. */
    public void error(Failure failure) {
        err.println(paint("1;31", "error: ") + failure.getMessage());
        failure.advice().forEach(line -> err.println("  " + line));
        if (level == Level.VERBOSE) {
            failure.printStackTrace(err);
        }
    }

    /** A failure that no command foresaw. */
    public void unexpected(Throwable problem) {
        err.println(paint("1;31", "error: ") + problem.getClass().getSimpleName()
                + (problem.getMessage() == null ? "" : ": " + problem.getMessage()));
        if (level == Level.VERBOSE) {
            problem.printStackTrace(err);
        } else {
            err.println("  -v shows where");
        }
    }

    /** Shows that a long step runs, with the time that it has taken. */
    public Progress progress(String what) {
        Consumer<String> sink = level == Level.QUIET ? text -> { } : text -> {
            err.print(text);
            err.flush();
        };
        return new Progress(what, sink, terminal && level != Level.QUIET, System::nanoTime);
    }

    String paint(String code, String text) {
        return terminal ? "\033[" + code + "m" + text + "\033[0m" : text;
    }
}
