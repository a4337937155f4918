package org.cloudos.cli;

import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One long step: on a terminal a line that counts the time, else a line at its start and one at its end. */
public final class Progress implements AutoCloseable {
    private final String what;
    private final Consumer<String> sink;
    private final boolean terminal;
    private final LongSupplier clock;
    private final long begin;
    private final Thread ticker;
    private volatile String detail = "";
    private boolean done; // guarded by this

    Progress(String what, Consumer<String> sink, boolean terminal, LongSupplier clock) {
        this.what = what;
        this.sink = sink;
        this.terminal = terminal;
        this.clock = clock;
        this.begin = clock.getAsLong();
        if (!terminal) {
            sink.accept(what + " ...\n");
        }
        ticker = terminal ? Thread.ofVirtual().start(this::tick) : null;
    }

    /** What is being done right now. */
    public void step(String now) {
        detail = now;
        if (!terminal) {
            sink.accept("  " + now + "\n");
        } else {
            draw();
        }
    }

    /** The step worked. */
    public void done(String result) {
        end(result.isEmpty() ? "" : ": " + result);
    }

    /** Without {@link #done} before, the step failed. */
    @Override public void close() {
        end(": failed");
    }

    private synchronized void end(String result) {
        if (done) {
            return;
        }
        done = true;
        if (ticker != null) {
            ticker.interrupt();
        }
        sink.accept((terminal ? "\r\033[K" : "") + what + result + " (" + elapsed() + ")\n");
    }

    private void tick() {
        try {
            while (true) {
                draw();
                Thread.sleep(200);
            }
        } catch (InterruptedException e) {
            // the step ended
        }
    }

    private synchronized void draw() {
        if (!done) {
            String now = detail.isEmpty() ? "" : ": " + detail;
            String line = elapsed() + "  " + what + now;
            sink.accept("\r\033[K" + line.substring(0, Math.min(line.length(), 78)));
        }
    }

    private String elapsed() {
        return String.format("%.1f s", (clock.getAsLong() - begin) / 1e9);
    }
}
