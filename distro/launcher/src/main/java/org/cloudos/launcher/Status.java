package org.cloudos.launcher;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.cloudos.kernel.Boot;

/**
 * Tells whoever started the system how far it is, one JSON object a line:
 * {@code prompt} and {@code ready} with {@code ms}, {@code exec} with {@code index}, {@code ok} and {@code command},
 * {@code exit} with {@code code}. The target is opened once: a virtio port can't be opened twice.
 */
final class Status implements Boot.Observer {
    private final String target;
    private OutputStream out; // guarded by this
    private boolean broken;   // guarded by this

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
    }

    private synchronized void write(String line) {
        if (target == null || broken) {
            return;
        }
        try {
            if (out == null) {
                out = new FileOutputStream(target, true);
            }
            out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException e) {
            broken = true;
            System.err.println("cloudos: --status " + target + ": " + e.getMessage());
        }
    }
}
