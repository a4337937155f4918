package org.cloudos.journal.ship;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.cloudos.journal.Entry;

/** Syslog: over UDP (RFC 5426), over TCP with octet counting (RFC 6587 §3.4.1), over TLS (RFC 5425). */
abstract sealed class SyslogSender implements Sender {
    private static final int CONNECT_MS = 10_000;
    /** What RFC 5426 §3.2 wants every receiver to take is 2048; rsyslog takes 8192. */
    private static final int MAX_DATAGRAM = 8192;

    final SyslogMessage format;
    final String host;
    final int port;

    private SyslogSender(SyslogMessage format, URI uri, int port) {
        this.format = format;
        host = uri.getHost();
        this.port = uri.getPort() < 0 ? port : uri.getPort();
    }

    static SyslogSender of(URI uri, SyslogMessage format, Tls tls) throws IOException {
        return switch (uri.getScheme()) {
            case "syslog+udp" -> new Udp(format, uri);
            case "syslog+tcp" -> new Stream(format, uri, null);
            case "syslog+tls" -> new Stream(format, uri, tls);
            default -> throw new IOException("expected syslog+udp, syslog+tcp or syslog+tls, found " + uri.getScheme());
        };
    }

    private static final class Udp extends SyslogSender {
        private DatagramSocket socket;

        Udp(SyslogMessage format, URI uri) {
            super(format, uri, 514);
        }

        @Override public long send(List<Entry> entries) throws IOException {
            DatagramSocket open = socket();
            for (Entry e : entries) {
                byte[] bytes = format.of(e);
                open.send(new DatagramPacket(bytes, cut(bytes)));
            }
            return 0;
        }

        /** Not in the middle of a character. */
        private static int cut(byte[] bytes) {
            int length = Math.min(bytes.length, MAX_DATAGRAM);
            while (length < bytes.length && (bytes[length] & 0xc0) == 0x80) {
                length--;
            }
            return length;
        }

        private synchronized DatagramSocket socket() throws IOException {
            if (socket == null) {
                socket = new DatagramSocket();
                socket.connect(new InetSocketAddress(InetAddress.getByName(host), port)); // so that a port that nobody has is told
            }
            return socket;
        }

        @Override public synchronized void disconnect() {
            if (socket != null) {
                socket.close();
                socket = null;
            }
        }
    }

    private static final class Stream extends SyslogSender {
        private final Tls tls;
        private Socket socket; // guarded by this

        Stream(SyslogMessage format, URI uri, Tls tls) {
            super(format, uri, tls == null ? 601 : 6514);
            this.tls = tls;
        }

        @Override public long send(List<Entry> entries) throws IOException {
            Socket open = socket();
            OutputStream out = new BufferedOutputStream(open.getOutputStream(), 1 << 16);
            for (Entry e : entries) {
                byte[] bytes = format.of(e);
                out.write((bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
                out.write(bytes);
            }
            out.flush();
            return 0;
        }

        private Socket socket() throws IOException {
            Socket known;
            synchronized (this) {
                known = socket;
            }
            if (known != null && !ended(known)) {
                return known;
            }
            disconnect();
            Socket fresh = connect();
            synchronized (this) {
                socket = fresh;
            }
            return fresh;
        }

        /** What is written to a connection that the other side has closed would be lost without a word. */
        private static boolean ended(Socket socket) throws IOException {
            socket.setSoTimeout(1);
            try {
                return socket.getInputStream().read() < 0;
            } catch (SocketTimeoutException e) {
                return false;
            } catch (IOException e) {
                return true;
            }
        }

        private Socket connect() throws IOException {
            Socket plain = new Socket();
            try {
                plain.setKeepAlive(true);
                plain.connect(new InetSocketAddress(InetAddress.getByName(host), port), CONNECT_MS);
                if (tls == null) {
                    return plain;
                }
                plain.setSoTimeout(CONNECT_MS);
                SSLSocket secure = (SSLSocket) tls.context().getSocketFactory().createSocket(plain, host, port, true);
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS"); // RFC 5425 §5.2: the certificate is for this name
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                return secure;
            } catch (IOException e) {
                plain.close();
                throw e;
            }
        }

        @Override public void disconnect() {
            Socket old;
            synchronized (this) {
                old = socket;
                socket = null;
            }
            if (old != null) {
                try {
                    old.close();
                } catch (IOException e) {
                    // It was to end.
                }
            }
        }
    }
}
