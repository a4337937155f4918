package org.cloudos.journal.ship;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.time.Instant;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLServerSocket;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Level;

/**
 * Takes syslog messages: UDP datagrams (RFC 5426), TCP and TLS streams in either framing of RFC 6587, octet counting or LF.
 * Bounded in connections, message length and time that a silent peer may stay.
 */
final class SyslogReceiver implements AutoCloseable {
    static final int MAX_MESSAGE = 64 << 10, MAX_CONNECTIONS = 128, IDLE_MS = 600_000;
    static final String NO_CERTIFICATE = "tls needs a certificate and its key";
    private static final int BUFFER = 4 << 20; // the kernel gives what its limit (net.core.rmem_max) allows
    private static final long LOOK_NS = 1_000_000_000L;

    private final Journal journal;
    private final AutoCloseable socket;
    private final int port;
    private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
    private final AtomicLong received = new AtomicLong();
    private final AtomicLong turnedAway = new AtomicLong();
    private volatile boolean closed;

    /**
     * @param uri          {@code udp://ADDRESS:PORT}, {@code tcp://}, {@code tls://}; port 0 takes any
     * @param clientsTrust whether TLS clients must show a certificate that the trusted ones have signed
     */
    SyslogReceiver(URI uri, Journal journal, Tls tls, boolean clientsTrust) throws IOException {
        this.journal = journal;
        check(uri);
        InetAddress address = InetAddress.getByName(uri.getHost());
        switch (uri.getScheme()) {
            case "udp" -> {
                DatagramSocket udp = new DatagramSocket(new InetSocketAddress(address, port(uri, 514)));
                udp.setReceiveBufferSize(BUFFER);
                socket = udp;
                port = udp.getLocalPort();
                Thread.ofVirtual().name("syslog udp").start(() -> datagrams(udp));
            }
            default -> {
                ServerSocket server = uri.getScheme().equals("tcp") ? new ServerSocket() : secure(tls, clientsTrust);
                server.setReuseAddress(true);
                server.bind(new InetSocketAddress(address, port(uri, uri.getScheme().equals("tcp") ? 601 : 6514)));
                socket = server;
                port = server.getLocalPort();
                Thread.ofVirtual().name("syslog " + uri.getScheme()).start(() -> accept(server));
            }
        }
    }

    static void check(URI uri) throws IOException {
        if (uri.getHost() == null || !Set.of("udp", "tcp", "tls").contains(String.valueOf(uri.getScheme()))) {
            throw new IOException("expected udp://ADDRESS:PORT, tcp://ADDRESS:PORT or tls://ADDRESS:PORT, found " + uri);
        }
    }

    private static int port(URI uri, int absent) {
        return uri.getPort() < 0 ? absent : uri.getPort();
    }

    private static ServerSocket secure(Tls tls, boolean clientsTrust) throws IOException {
        if (tls.certificate().isEmpty()) {
            throw new IOException(NO_CERTIFICATE);
        }
        SSLServerSocket server = (SSLServerSocket) tls.context().getServerSocketFactory().createServerSocket();
        server.setNeedClientAuth(clientsTrust);
        return server;
    }

    int port() {
        return port;
    }

    long received() {
        return received.get();
    }

    private void take(byte[] bytes, int length, String peer) {
        received.incrementAndGet();
        journal.append(SyslogParser.parse(bytes, 0, length, peer, Instant.now()));
    }

    private void datagrams(DatagramSocket udp) {
        byte[] bytes = new byte[MAX_MESSAGE];
        long told = 0, looked = System.nanoTime();
        while (!closed) {
            try {
                DatagramPacket packet = new DatagramPacket(bytes, bytes.length);
                udp.receive(packet);
                if (System.nanoTime() - looked > LOOK_NS) {
                    told = tellDropped(told);
                    looked = System.nanoTime();
                }
                if (packet.getLength() > 0) {
                    take(bytes, packet.getLength(), packet.getAddress().getHostAddress());
                }
            } catch (IOException e) {
                trouble(e);
            }
        }
    }

    /** What came faster than it could be read. */
    private long tellDropped(long told) {
        long now = dropped();
        if (now > told) {
            tell(now - told + " datagrams were lost, since they came faster than they could be read");
        }
        return now;
    }

    /** Messages that came and never got here, as far as the kernel tells: datagrams that found its buffer full. */
    long dropped() {
        return socket instanceof DatagramSocket ? DatagramLoss.of(port) : 0;
    }

    private void accept(ServerSocket server) {
        while (!closed) {
            try {
                Socket peer = server.accept();
                if (connections.size() >= MAX_CONNECTIONS) {
                    peer.close();
                    if (turnedAway.getAndIncrement() == 0) {
                        tell("expected at most " + MAX_CONNECTIONS + " connections, found more: others are turned away");
                    }
                } else {
                    connections.add(peer);
                    Thread.ofVirtual().name("syslog peer").start(() -> serve(peer));
                }
            } catch (IOException e) {
                trouble(e);
            }
        }
    }

    /** One that fails at once would fail at once again. */
    private void trouble(IOException e) {
        if (closed) {
            return;
        }
        tell("can't receive: " + e.getMessage());
        try {
            Thread.sleep(1000);
        } catch (InterruptedException i) {
            Thread.currentThread().interrupt();
        }
    }

    private void tell(String message) {
        journal.append(Entry.at(Level.WARN, message).bundle("org.cloudos.journal.ship").subsystem("journal.ship")
                .logger(SyslogReceiver.class.getName()).with("port", Integer.toString(port)).build());
    }

    private void serve(Socket peer) {
        String address = peer.getInetAddress().getHostAddress();
        try (peer; InputStream in = new BufferedInputStream(start(peer), 1 << 16)) {
            byte[] message = new byte[MAX_MESSAGE];
            for (int first = in.read(); first >= 0; first = in.read()) {
                if (first >= '1' && first <= '9') {
                    counted(in, first - '0', message, address);
                } else {
                    delimited(in, first, message, address);
                }
            }
        } catch (IOException e) {
            if (!closed) {
                tell("the connection of " + address + " ended: " + e.getMessage());
            }
        } finally {
            connections.remove(peer);
        }
    }

    private static InputStream start(Socket peer) throws IOException {
        peer.setSoTimeout(IDLE_MS);
        return peer.getInputStream();
    }

    /** RFC 6587 §3.4.1: {@code LENGTH SP MESSAGE}. What is longer than a message may be is cut. */
    private void counted(InputStream in, int firstDigit, byte[] message, String address) throws IOException {
        long length = firstDigit;
        int c = in.read();
        while (c >= '0' && c <= '9' && length < Integer.MAX_VALUE) {
            length = length * 10 + c - '0';
            c = in.read();
        }
        if (c != ' ') {
            throw new IOException("expected a message's length and a blank, found " + length + " and " + (c < 0 ? "the end" : "byte " + c));
        }
        int kept = in.readNBytes(message, 0, (int) Math.min(length, message.length));
        in.skipNBytes(length - kept);
        take(message, kept, address);
    }

    /** RFC 6587 §3.4.2: up to LF, or NUL, which some send. */
    private void delimited(InputStream in, int first, byte[] message, String address) throws IOException {
        int n = 0;
        for (int c = first; c >= 0 && c != '\n' && c != 0; c = in.read()) {
            if (n < message.length) {
                message[n++] = (byte) c;
            }
        }
        if (n > 0 && (n > 1 || message[0] != '\r')) {
            take(message, n, address);
        }
    }

    @Override public void close() {
        closed = true;
        try {
            socket.close();
            for (Socket peer : connections) {
                peer.close();
            }
        } catch (Exception e) {
            // Closed enough: its threads end with the sockets.
        }
    }
}
