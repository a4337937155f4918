package org.cloudos.commands;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.annotations.GogoCommand;
import org.cloudos.shell.Example;
import org.cloudos.shell.Human;
import org.cloudos.shell.Json;
import org.osgi.service.component.annotations.Component;

/** Asks a server whether it answers, from where the system stands. */
@Component(service = ProbeCommand.class)
@GogoCommand(scope = "os", function = "probe")
public final class ProbeCommand {
    private static final Pattern ADDRESS = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)\\]|([^:\\s]+)):(\\d{1,5})");
    private static final int MOST = 4096;

    /** What came of it. @param answer the first bytes, as text; empty when nothing was sent and nothing came */
    public record Answer(String address, Duration connected, Duration answered, String answer) { }

    /** Connects, and sends something if it is told to. */
    @Descriptor("connects to a TCP port and shows what answers; fails when nobody does, or not as expected")
    @Example({"os:probe localhost:2222", "os:probe --send 'PING\\r\\n' --expect PONG localhost:6379",
        "os:probe --send 'GET / HTTP/1.0\\r\\n\\r\\n' --expect '200 OK' localhost:80"})
    public Object probe(
            @Parameter(names = {"--send", "-s"}, absentValue = "") @Descriptor("text to send; \\r, \\n and \\t are those characters") String send,
            @Parameter(names = {"--expect", "-e"}, absentValue = "") @Descriptor("text that the answer must have in it") String expected,
            @Parameter(names = {"--limit", "-t"}, absentValue = "5s") @Descriptor("how long to wait") String limit,
            @Parameter(names = "--json", presentValue = "true", absentValue = "false") @Descriptor("print JSON") boolean json,
            @Descriptor("HOST:PORT") String address) throws IOException {
        return Json.when(json, ask(address, send, expected, Durations.parse("--limit", limit)));
    }

    static Answer ask(String address, String send, String expected, Duration limit) throws IOException {
        Matcher matcher = ADDRESS.matcher(address);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
            throw new IllegalArgumentException("expected HOST:PORT, found " + address);
        }
        String host = matcher.group(1) == null ? matcher.group(2) : matcher.group(1);
        long begin = System.nanoTime();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, Integer.parseInt(matcher.group(3))), (int) limit.toMillis());
            Duration connected = Duration.ofNanos(System.nanoTime() - begin);
            if (send.isEmpty() && expected.isEmpty()) {
                return new Answer(address, connected, null, "");
            }
            socket.getOutputStream().write(send.replace("\\r", "\r").replace("\\n", "\n").replace("\\t", "\t").getBytes(StandardCharsets.UTF_8));
            String answer = read(socket, expected, begin + limit.toNanos());
            if (!answer.contains(expected)) {
                throw new IOException(address + ": expected an answer with \"" + expected + "\", found \"" + Human.printable(answer) + "\"");
            }
            return new Answer(address, connected, Duration.ofNanos(System.nanoTime() - begin), Human.printable(answer));
        } catch (java.net.ConnectException | SocketTimeoutException | java.net.UnknownHostException e) {
            throw new IOException("nobody answers at " + address + ": " + e.getMessage(), e);
        }
    }

    /** Until the expected text is there, or else until something is. */
    private static String read(Socket socket, String expected, long until) throws IOException {
        InputStream in = socket.getInputStream();
        byte[] bytes = new byte[MOST];
        int length = 0;
        while (length < MOST) {
            socket.setSoTimeout((int) Math.max(1, (until - System.nanoTime()) / 1_000_000));
            int n;
            try {
                n = in.read(bytes, length, MOST - length);
            } catch (SocketTimeoutException e) {
                break; // what there is must do
            }
            if (n < 0) {
                break;
            }
            length += n;
            if (new String(bytes, 0, length, StandardCharsets.UTF_8).contains(expected)) {
                break;
            }
        }
        return new String(bytes, 0, length, StandardCharsets.UTF_8);
    }
}
