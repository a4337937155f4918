package org.cloudos.cli;

import java.util.List;

/** A command can't do what was asked: what was expected, what was found, and what to do about it. */
public final class Failure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The exit codes of {@code ./cloudos}. */
    public static final int OK = 0, FAILED = 1, USAGE = 2, TIME_OUT = 124;

    private final String[] advice;
    private final int exitCode;

    private Failure(int exitCode, String message, Throwable cause, List<String> advice) {
        super(message, cause);
        this.exitCode = exitCode;
        this.advice = advice.toArray(String[]::new);
    }

    /** It did not work. */
    public Failure(String message, String... advice) {
        this(FAILED, message, null, List.of(advice));
    }

    /** It did not work, because of this. */
    public Failure(String message, Throwable cause, String... advice) {
        this(FAILED, message + because(cause), cause, List.of(advice));
    }

    /** It was called wrongly: exit code 2. */
    public static Failure usage(String message, String... advice) {
        return new Failure(USAGE, message, null, List.of(advice));
    }

    /** It took too long: exit code 124. */
    public static Failure timeOut(String message, String... advice) {
        return new Failure(TIME_OUT, message, null, List.of(advice));
    }

    /** What the user can do, a line each. */
    public List<String> advice() {
        return List.of(advice);
    }

    /** The process's exit code. */
    public int exitCode() {
        return exitCode;
    }

    private static String because(Throwable cause) {
        String reason = cause instanceof java.nio.file.NoSuchFileException missing
                ? "no such file: " + missing.getMessage()
                : cause instanceof java.nio.file.AccessDeniedException denied ? "no permission: " + denied.getMessage()
                : cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return ": " + reason;
    }
}
