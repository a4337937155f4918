package org.cloudos.journal.ship;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.zip.GZIPOutputStream;
import org.cloudos.journal.Entry;

/** OTLP 1.x over HTTP in protobuf, compressed with gzip. */
final class OtlpSender implements Sender {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final URI uri;
    private final Map<String, String> headers;
    private final Map<String, String> resource;
    private final HttpClient client;

    /** @param uri of the signal, {@code http://host:4318/v1/logs} */
    OtlpSender(URI uri, Map<String, String> headers, Map<String, String> resource, Tls tls) throws IOException {
        this.uri = uri;
        this.headers = headers;
        this.resource = resource;
        HttpClient.Builder builder = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(Duration.ofSeconds(10))
                .executor(Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("otlp").factory()));
        client = (uri.getScheme().equals("https") ? builder.sslContext(tls.context()) : builder).build();
    }

    @Override public long send(List<Entry> entries) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT).header("Content-Type", "application/x-protobuf")
                .header("Content-Encoding", "gzip").POST(HttpRequest.BodyPublishers.ofByteArray(gzip(Otlp.request(entries, resource))));
        headers.forEach(request::header);
        HttpResponse<byte[]> answer = client.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
        int status = answer.statusCode();
        if (status >= 200 && status < 300) {
            return Math.min(entries.size(), Math.max(0, Otlp.refused(answer.body())));
        }
        if (status == 429 || status == 502 || status == 503 || status == 504) { // OTLP: these may be tried again
            throw new Later("the collector answers " + status, answer.headers().firstValue("Retry-After").map(OtlpSender::seconds).orElse(0));
        }
        if (status == 401 || status == 403 || status == 404 || status >= 500) {
            throw new IOException("the collector answers " + status + "; expected 200"); // the settings are wrong, not the records
        }
        return entries.size();
    }

    private static int seconds(String text) {
        try {
            return Math.clamp(Integer.parseInt(text.strip()), 0, 3600);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static byte[] gzip(byte[] bytes) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length / 4 + 64);
        try (GZIPOutputStream zip = new GZIPOutputStream(out)) {
            zip.write(bytes);
        }
        return out.toByteArray();
    }

    @Override public void disconnect() {
        // Each request stands for itself, with its limit.
    }

    @Override public void close() {
        client.shutdownNow();
    }

    /** Try again, not before so many seconds. */
    static final class Later extends IOException {
        private static final long serialVersionUID = 1L;
        final int seconds;

        Later(String message, int seconds) {
            super(message);
            this.seconds = seconds;
        }
    }
}
