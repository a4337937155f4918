package org.cloudos.test.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** QEMU's monitor: its machine protocol, a JSON object a line. */
final class Monitor implements AutoCloseable {
    private final SocketChannel channel;
    private final BufferedReader lines;

    Monitor(Path socket) throws IOException {
        channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        lines = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        execute("qmp_capabilities", "{}");
    }

    /** @param arguments a JSON object. @return what it answered */
    JsonElement execute(String command, String arguments) throws IOException {
        channel.write(ByteBuffer.wrap(("{\"execute\":\"" + command + "\",\"arguments\":" + arguments + "}\n").getBytes(StandardCharsets.UTF_8)));
        JsonObject answer = next("return", "error");
        if (answer.has("error")) {
            throw new AssertionError(command + ": " + answer);
        }
        return answer.get("return");
    }

    private JsonObject next(String key, String other) throws IOException {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            JsonObject object = JsonParser.parseString(line).getAsJsonObject();
            if (object.has(key) || object.has(other)) {
                return object;
            }
        }
        throw new IOException("QEMU has closed its monitor");
    }

    @Override public void close() throws IOException {
        channel.close();
    }
}
