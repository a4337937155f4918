package org.cloudos.commands;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ProbeCommandTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Test void asksAndUnderstands() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> serve(server));
            String address = "127.0.0.1:" + server.getLocalPort();
            assertEquals("", ProbeCommand.ask(address, "", "", LIMIT).answer());
            assertTrue(ProbeCommand.ask(address, "PING\\r\\n", "PONG", LIMIT).answer().startsWith("+PONG"));
            String message = assertThrows(IOException.class, () -> ProbeCommand.ask(address, "PING\\r\\n", "PANG", LIMIT)).getMessage();
            assertTrue(message.contains("expected an answer with \"PANG\", found \"+PONG"), message);
        }
    }

    /** Answers a line, and goes. */
    private static void serve(ServerSocket server) {
        try {
            while (true) {
                try (Socket socket = server.accept()) {
                    int c;
                    do {
                        c = socket.getInputStream().read();
                    } while (c >= 0 && c != '\n');
                    socket.getOutputStream().write("+PONG\r\n".getBytes());
                }
            }
        } catch (IOException e) {
            return; // the server is closed
        }
    }

    @Test void nobodyThereIsSaid() throws Exception {
        int port;
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertTrue(assertThrows(IOException.class, () -> ProbeCommand.ask("127.0.0.1:" + port, "", "", LIMIT)).getMessage().startsWith("nobody answers"));
        for (String wrong : new String[] {"", "localhost", "localhost:", "localhost:99999", "a b:1"}) {
            assertThrows(IllegalArgumentException.class, () -> ProbeCommand.ask(wrong, "", "", LIMIT), wrong);
        }
    }
}
