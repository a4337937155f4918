package org.cloudos.launcher;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import org.cloudos.kernel.Boot;

/**
 * Tells whoever started the system how far it is, one JSON object a line:
 * {@code prompt} and {@code ready} with {@code ms}, {@code exec} with {@code index}, {@code ok} and {@code command},
 * {@code exit} with {@code code}. The target is opened once: a virtio port can't be opened twice. Nobody may be
 * listening at its other end, where a write waits for ever: so a thread of its own writes, and no caller waits for it but
 * {@link #exit}, for a while.
 */
final class Status implements Boot.Observer {
    private static final String END = "";
    private static final long EXIT_WAIT_MS = 2000;
    private static final int UNREAD_LINES = 1024;

    private final String target;
    private final LinkedBlockingQueue<String> lines = new LinkedBlockingQueue<>(UNREAD_LINES);
    private Thread writer; // guarded by this

    /** @param target null for nowhere */
    Status(String target) {
        this.target = target;
    }

    @Override
    public void ended(Boot.Phase phase) {
        if (target != null && (phase.name().equals(Boot.PROMPT) || phase.name().equals("ready"))) {
            write("{\"event\":\"" + phase.name() + "\",\"ms\":" + phase.at().toMillis() + "}");
        }
    }

    void exec(int index, boolean ok, String command) {
        write("{\"event\":\"exec\",\"index\":" + index + ",\"ok\":" + ok + ",\"command\":" + Json.quote(command) + "}");
    }

    void exit(int code) {
        write("{\"event\":\"exit\",\"code\":" + code + "}");
        Thread last;
        synchronized (this) {
            last = writer;
        }
        if (last != null) {
            write(END);
            try {
                last.join(EXIT_WAIT_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized void write(String line) {
        if (target == null) {
            return;
        }
        if (writer == null) {
            writer = new Thread(this::drain, "status");
            writer.setDaemon(true);
            writer.start();
        }
        lines.offer(line); // full: nobody has listened for a long time
    }

    private void drain() {
        try (OutputStream out = new FileOutputStream(target, true)) {
            for (String line = lines.take(); !line.equals(END); line = lines.take()) {
                out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (IOException e) {
            System.err.println("cloudos: --status " + target + ": " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
