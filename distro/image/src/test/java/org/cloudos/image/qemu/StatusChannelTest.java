package org.cloudos.image.qemu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.cloudos.image.ImageException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StatusChannelTest {
    @Test void linesAsTheyCome(@TempDir Path folder) throws Exception {
        List<String> heard = new ArrayList<>();
        Path socket = folder.resolve("status");
        try (StatusChannel channel = new StatusChannel(socket, e -> heard.add(e.name()))) {
            try (SocketChannel guest = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
                for (String part : List.of("{\"event\":\"pro", "mpt\"}\nnonsense\n", "{\"event\":\"exit\"}\n{\"event\":\"half")) {
                    guest.write(ByteBuffer.wrap(part.getBytes()));
                }
            }
            channel.drain();
        }
        assertEquals(List.of("prompt", "exit"), heard);
    }

    @Test void portInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int port = taken.getLocalPort();
            assertTrue(assertThrows(ImageException.class, () -> Ports.choose(port)).getMessage().contains("port " + port + " of 127.0.0.1 is in use"));
            assertTrue(Ports.choose(0) >= 2222);
        }
    }
}
