package org.cloudos.shell.console;

import java.io.EOFException;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.felix.gogo.runtime.CommandNotFoundException;
import org.apache.felix.gogo.runtime.CommandSessionImpl;
import org.apache.felix.service.command.Job;

/**
 * How a line ended.
 *
 * @param result what the last command returned
 * @param error  status that the last command set without an exception, as Gogo's POSIX commands do
 */
record Outcome(Object result, Exception exception, int error) {

    static Outcome of(CommandSessionImpl session, CharSequence line) {
        AtomicInteger error = new AtomicInteger();
        session.setJobListener((job, before, now) -> {
            if (now == Job.Status.Done && job.parent() == null && job.result() != null) {
                error.set(job.result().error());
            }
        });
        try {
            return new Outcome(session.execute(line), null, error.get());
        } catch (Exception e) {
            session.put("exception", e);
            return new Outcome(null, e, error.get());
        } finally {
            session.setJobListener(null);
        }
    }

    boolean failed() {
        return exception != null || error != 0;
    }

    boolean interrupted() {
        return exception instanceof InterruptedException || exception instanceof CancellationException;
    }

    /** What to tell the user; empty where the command itself has said it. */
    Optional<String> message(CommandIndex commands, String line) {
        return Optional.ofNullable(switch (exception) {
            case null -> null;
            case CommandNotFoundException unknown -> commands.unknown(unknown.getCommand());
            case InterruptedException e -> e.getMessage() == null ? "Interrupted" : e.getMessage();
            case CancellationException e -> "Interrupted";
            case EOFException e -> "The line is not complete: " + e.getMessage();
            case IllegalArgumentException e when isCoerce(e) -> commands.usageError(e.getMessage(), line);
            case NullPointerException e when ofGogo(e) -> "What this command needs is not there: os:subsystems and log:tail say what failed.";
            case ExecutionException e when e.getCause() != null -> text(e.getCause());
            default -> text(exception);
        });
    }

    private static boolean isCoerce(IllegalArgumentException e) {
        return e.getMessage() != null && e.getMessage().startsWith("Cannot coerce ");
    }

    /** Gogo calls a method of the object behind a command without asking whether Declarative Services could make it. */
    private static boolean ofGogo(NullPointerException e) {
        return e.getStackTrace().length > 0 && e.getStackTrace()[0].getClassName().startsWith("org.apache.felix.gogo.runtime.");
    }

    private static String text(Throwable e) {
        String message = e.getMessage();
        boolean said = message != null && !message.isBlank() && !message.equals(String.valueOf(e.getCause()));
        if (said) {
            return e instanceof RuntimeException || e instanceof Error || message.indexOf(' ') > 0
                    ? message : e.getClass().getSimpleName() + ": " + message; // "NoSuchFileException: /x"
        }
        return e.getCause() != null ? text(e.getCause()) : e.getClass().getSimpleName();
    }
}
