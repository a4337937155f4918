package org.cloudos.launcher;

import java.util.ArrayDeque;
import java.util.Deque;
import org.cloudos.kernel.Incidents;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Takes what goes wrong to where it can be read: the console at once, and the kernel's {@link Incidents}, which pass
 * it on to the log. What comes before that service is there waits, the newest {@value #BACKLOG} of it.
 */
final class Reports implements Thread.UncaughtExceptionHandler {
    private static final int BACKLOG = 64;

    private record Report(long bundle, String message, Throwable cause) { }

    private final Deque<Report> backlog = new ArrayDeque<>(); // guarded by this
    private volatile BundleContext system;

    void attach(BundleContext context) {
        system = context;
    }

    /** Something the user should see. */
    void warn(String message, Throwable cause) {
        warn(0, message, cause);
    }

    /** @param bundle id of the bundle that it is about */
    void warn(long bundle, String message, Throwable cause) {
        System.err.println(cause == null ? "cloudos: " + message : "cloudos: " + message + ": " + reason(cause));
        quiet(bundle, message, cause);
    }

    /** Something for the log only. */
    void quiet(long bundle, String message, Throwable cause) {
        synchronized (this) {
            if (backlog.size() == BACKLOG) {
                backlog.removeFirst();
            }
            backlog.addLast(new Report(bundle, message, cause));
        }
        flush();
    }

    /** Hands on what waits, if the kernel's service is there. */
    void flush() {
        BundleContext context = system;
        if (context == null) {
            return;
        }
        try {
            ServiceReference<Incidents> reference = context.getServiceReference(Incidents.class);
            Incidents incidents = reference == null ? null : context.getService(reference);
            if (incidents != null) {
                for (Report r = next(); r != null; r = next()) {
                    incidents.report(r.bundle(), r.message(), r.cause());
                }
                context.ungetService(reference);
            }
        } catch (IllegalStateException stopped) {
            // The framework went down meanwhile: what waits has been on the console.
        }
    }

    private synchronized Report next() {
        return backlog.pollFirst();
    }

    /** Must not throw, and must work with next to no memory and stack left. */
    @Override
    public void uncaughtException(Thread thread, Throwable thrown) {
        try {
            Bundle bundle = ClassOwners.owner(thrown, thread);
            String from = bundle == null ? "the system" : bundle.getSymbolicName();
            quiet(bundle == null ? 0 : bundle.getBundleId(),
                    "Uncaught in thread " + thread.getName() + " of " + from, thrown);
        } catch (Throwable second) {
            thrown.addSuppressed(second);
            thrown.printStackTrace();
        }
    }

    /** The innermost message that says anything: a cause chain in one line. */
    static String reason(Throwable thrown) {
        StringBuilder line = new StringBuilder();
        String last = "";
        for (Throwable t = thrown; t != null; t = t.getCause()) {
            String text = t.getMessage() == null ? t.getClass().getName() : t.getMessage();
            if (!last.contains(text)) {
                line.append(line.isEmpty() ? "" : ": ").append(text);
                last = text;
            }
        }
        return line.toString();
    }
}
