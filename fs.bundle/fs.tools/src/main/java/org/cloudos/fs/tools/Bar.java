package org.cloudos.fs.tools;

import java.io.PrintWriter;
import java.util.Locale;
import org.apache.felix.service.command.CommandSession;
import org.cloudos.fs.volume.Progress;
import org.jline.terminal.Terminal;

/** One line of a terminal that says how far a command has come, and is gone when it ends. A pipe or script gets nothing of it. */
final class Bar implements Progress, AutoCloseable {
    private static final int CELLS = 24;
    private static final String CLEAR = "\r\033[K";
    private final PrintWriter to;
    private boolean shown;

    Bar(CommandSession session) {
        to = session.get(".terminal") instanceof Terminal t && !t.getType().startsWith("dumb") ? t.writer() : null;
    }

    @Override public void at(String step, long done, long total) {
        if (to != null) {
            to.print(CLEAR + line(step, done, total));
            to.flush();
            shown = true;
        }
    }

    /** {@code [######------] 50.0 % data}; only the number where the end is not known. */
    static String line(String step, long done, long total) {
        if (total <= 0) {
            return step + " " + done;
        }
        double share = Math.clamp((double) done / total, 0, 1);
        int full = (int) (share * CELLS);
        return String.format(Locale.ROOT, "[%s%s] %5.1f %% %s", "#".repeat(full), "-".repeat(CELLS - full), 100 * share, step);
    }

    @Override public void close() {
        if (shown) {
            to.print(CLEAR);
            to.flush();
        }
    }
}
