package org.cloudos.trace;

import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.GZIPOutputStream;

/** A collector that speaks OTLP/HTTP with JSON (OpenTelemetry Protocol 1.x, "OTLP/HTTP"). */
final class OtlpDoor implements Shipper.Door {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    /** Answers after which the same batch may be sent again (OTLP, "Retryable Response Codes"). */
    private static final Set<Integer> PASSING = Set.of(429, 502, 503, 504);

    private final URI to;
    private final Path headerFile;
    private final Resource resource;
    private final HttpClient client;
    private volatile String trouble = "";

    /** @param headerFile one line {@code NAME: VALUE}, read each time; null sends none */
    OtlpDoor(URI to, Path headerFile, Resource resource) {
        this.to = to;
        this.headerFile = headerFile;
        this.resource = resource;
        client = HttpClient.newBuilder().connectTimeout(LIMIT).version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER).executor(Executors.newVirtualThreadPerTaskExecutor()).build();
    }

    @Override
    public Shipper.Outcome deliver(List<SpanData> batch) throws InterruptedException {
        CompletableFuture<HttpResponse<Void>> answer;
        try {
            ByteArrayOutputStream body = new ByteArrayOutputStream(8192);
            try (GZIPOutputStream zipped = new GZIPOutputStream(body)) {
                zipped.write(OtlpJson.of(resource, batch).getBytes(StandardCharsets.UTF_8));
            }
            HttpRequest.Builder request = HttpRequest.newBuilder(to).timeout(LIMIT).header("Content-Type", "application/json")
                    .header("Content-Encoding", "gzip").POST(HttpRequest.BodyPublishers.ofByteArray(body.toByteArray()));
            if (headerFile != null) {
                String[] header = Files.readString(headerFile).strip().split("\\s*:\\s*", 2);
                request.header(header[0], header.length > 1 ? header[1] : "");
            }
            answer = client.sendAsync(request.build(), HttpResponse.BodyHandlers.discarding());
        } catch (IOException | IllegalArgumentException e) {
            trouble = e instanceof IOException ? e.toString() : "the header file holds no header"; // its text may be a secret
            return Shipper.Outcome.TRY_AGAIN;
        }
        try {
            int status = answer.get(LIMIT.toMillis() + 100, TimeUnit.MILLISECONDS).statusCode();
            trouble = "it answered " + status;
            return status / 100 == 2 ? Shipper.Outcome.TAKEN : PASSING.contains(status) ? Shipper.Outcome.TRY_AGAIN : Shipper.Outcome.REFUSED;
        } catch (ExecutionException e) {
            trouble = String.valueOf(e.getCause());
            return Shipper.Outcome.TRY_AGAIN;
        } catch (TimeoutException e) {
            answer.cancel(true);
            trouble = "no answer in " + LIMIT.toSeconds() + " s";
            return Shipper.Outcome.TRY_AGAIN;
        } catch (InterruptedException e) {
            answer.cancel(true);
            throw e;
        }
    }

    @Override
    public String toString() {
        return "collector " + to.getHost() + ": " + trouble;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
