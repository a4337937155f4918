package org.cloudos.launcher;

import org.apache.felix.framework.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.ServiceReference;

/** The framework's own messages go where all reports go, not to the console over the user's prompt. */
final class FrameworkLog extends Logger {
    private final Reports reports;

    FrameworkLog(Reports reports) {
        this.reports = reports;
        setLogLevel(LOG_WARNING);
    }

    @Override
    @SuppressWarnings("rawtypes") // as declared in Felix
    protected void doLog(Bundle bundle, ServiceReference reference, int level, String message, Throwable thrown) {
        reports.quiet(0, bundle == null ? message : "bundle " + bundle.getSymbolicName() + ": " + message, thrown);
    }

    @Override
    protected void doLog(int level, String message, Throwable thrown) {
        reports.quiet(0, message, thrown);
    }
}
