package org.cloudos.image.qemu;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import org.cloudos.image.ImageException;

/** The port of this machine that leads to the guest's SSH. */
final class Ports {
    private static final int FIRST = 2222;
    private static final int TRIED = 200;

    private Ports() {}

    /** @param wanted 0 for the first free one */
    static int choose(int wanted) throws ImageException {
        if (wanted != 0) {
            if (!free(wanted)) throw new ImageException("port " + wanted + " of 127.0.0.1 is in use; name another, or none to get a free one");
            return wanted;
        }
        for (int port = FIRST; port < FIRST + TRIED; port++) {
            if (free(port)) return port;
        }
        throw new ImageException("no port is free between " + FIRST + " and " + (FIRST + TRIED - 1));
    }

    private static boolean free(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
