package org.cloudos.image.qemu;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;

/**
 * What the commands of a driven machine print: the console's lines without those of firmware and kernel and without
 * carriage returns, passed on line by line. Keeps the last lines, all of them, for an error message.
 */
final class ConsoleText extends OutputStream {
    private static final int KEPT = 40;
    private static final int LONGEST = 1 << 16;
    /** The kernel's time stamp; UEFI's boot manager, which clears the screen first. */
    private static final Pattern NOT_OURS = Pattern.compile("\\[ *\\d+\\.\\d{6}\\] .*|.*BdsDxe: .*");

    private final OutputStream next;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final Deque<String> last = new ArrayDeque<>();

    ConsoleText(OutputStream next) {
        this.next = next;
    }

    @Override public void write(int b) throws IOException {
        if (b != '\r') line.write(b);
        if (b == '\n' || line.size() >= LONGEST) end();
    }

    /** The rest that no line end came for. */
    @Override public void flush() throws IOException {
        end();
        next.flush();
    }

    private void end() throws IOException {
        String text = line.toString(StandardCharsets.UTF_8);
        if (text.isEmpty()) return;
        synchronized (last) {
            last.addLast(text);
            if (last.size() > KEPT) last.removeFirst();
        }
        if (!NOT_OURS.matcher(text.stripTrailing()).matches()) {
            line.writeTo(next);
            next.flush();
        }
        line.reset();
    }

    @Override public String toString() {
        synchronized (last) {
            return String.join("", last);
        }
    }
}
