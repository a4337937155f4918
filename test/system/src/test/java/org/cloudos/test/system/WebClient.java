package org.cloudos.test.system;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.time.Instant;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Speaks to the web console as a browser would, and as nobody should. Trusts its certificate alone. */
final class WebClient {
    private final int port;
    private final SSLContext tls;
    private final HttpClient http;
    String cookie;
    String token;

    WebClient(int port, Path certificate) throws Exception {
        this.port = port;
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream in = Files.newInputStream(certificate)) {
            trusted.setCertificateEntry("console", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(trusted);
        tls = SSLContext.getInstance("TLS");
        tls.init(null, factory.getTrustManagers(), null);
        http = HttpClient.newBuilder().sslContext(tls).connectTimeout(Duration.ofSeconds(30)).build();
    }

    String origin() {
        return "https://127.0.0.1:" + port;
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(URI.create(origin() + path)).timeout(Limits.COMMAND);
        return cookie == null ? builder : builder.header("Cookie", cookie);
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws Exception {
        return send(request(path));
    }

    /** Waits until somebody listens there: a system may be ready before. */
    void awaitAnswer() throws Exception {
        Instant limit = Instant.now().plus(Limits.COMMAND);
        while (true) {
            try {
                if (get("/live").statusCode() == 200) {
                    return;
                }
            } catch (IOException e) {
                if (Instant.now().isAfter(limit)) {
                    throw e;
                }
            }
            if (Instant.now().isAfter(limit)) {
                throw new AssertionError("/live: " + get("/live"));
            }
            Thread.sleep(200);
        }
    }

    JsonElement json(String path) throws Exception {
        HttpResponse<String> response = get(path);
        if (response.statusCode() != 200) {
            throw new AssertionError(path + ": " + response.statusCode() + " " + response.body());
        }
        return JsonParser.parseString(response.body());
    }

    /** As our own pages do it. */
    HttpResponse<String> post(String path, byte[] body) throws Exception {
        return send(request(path).header("Origin", origin()).header("X-CSRF-Token", token == null ? "" : token)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** Fills in the login's form. */
    HttpResponse<String> login(String password) throws Exception {
        String form = "user=admin&password=" + java.net.URLEncoder.encode(password, StandardCharsets.UTF_8);
        HttpResponse<String> response = send(request("/login").header("Origin", origin())
                .header("Content-Type", "application/x-www-form-urlencoded").POST(HttpRequest.BodyPublishers.ofString(form)));
        response.headers().firstValue("Set-Cookie").ifPresent(c -> cookie = c.replaceFirst(";.*", ""));
        return response;
    }

    /** Sends bytes as they are. @return the status line; empty when the server ended the connection while it was still being written to */
    String raw(String request) throws IOException {
        try (SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout((int) Limits.COMMAND.toMillis());
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            StringBuilder line = new StringBuilder();
            for (int c; (c = socket.getInputStream().read()) >= 0 && c != '\n';) {
                line.append((char) c);
            }
            return line.toString().strip();
        } catch (SocketException e) {
            return "";
        }
    }
}
