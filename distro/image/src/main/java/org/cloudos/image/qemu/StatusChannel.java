package org.cloudos.image.qemu;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import java.io.BufferedReader;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.function.Consumer;

/** The host's end of the guest's status port: a socket that QEMU connects to, one JSON object a line. */
final class StatusChannel implements Closeable {
    /** A guest that writes nonsense must not fill the memory. */
    private static final int LINE_MAX = 64 * 1024;

    private final ServerSocketChannel server;
    private final Thread reader;

    /** @param listener called on a thread of its own */
    StatusChannel(Path socket, Consumer<StatusEvent> listener) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(socket));
        reader = Thread.ofVirtual().name("status").start(() -> read(listener));
    }

    private void read(Consumer<StatusEvent> listener) {
        try (SocketChannel guest = server.accept();
                BufferedReader lines = new BufferedReader(new InputStreamReader(Channels.newInputStream(guest), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c; (c = lines.read()) >= 0;) {
                if (c != '\n') {
                    if (line.length() < LINE_MAX) line.append((char) c);
                    continue;
                }
                StatusEvent event = parse(line.toString());
                if (event != null) listener.accept(event);
                line.setLength(0);
            }
        } catch (IOException e) {
            // Closed: QEMU has ended, or never came.
        }
    }

    /** @return null for what is no event */
    static StatusEvent parse(String line) {
        try {
            JsonObject json = new Gson().fromJson(line, JsonObject.class);
            return json == null || !json.has("event") ? null : new StatusEvent(json.get("event").getAsString(), json, System.nanoTime());
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            return null;
        }
    }

    /** Waits until everything that QEMU passed on before it ended has been heard. */
    void drain() throws InterruptedException {
        reader.join(2000);
    }

    @Override public void close() throws IOException {
        server.close();
    }
}
