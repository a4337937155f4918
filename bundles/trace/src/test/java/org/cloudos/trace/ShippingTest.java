package org.cloudos.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.GZIPInputStream;
import org.cloudos.shell.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
class ShippingTest {
    private static final Shipper.Times QUICK = new Shipper.Times(Duration.ofMillis(50), Duration.ofMillis(20), Duration.ofSeconds(30), Duration.ofSeconds(2));
    /** Spans that end one right after the other are one batch, though the machine may stop in between. */
    private static final Shipper.Times TOGETHER = new Shipper.Times(Duration.ofSeconds(2), Duration.ofMillis(20), Duration.ofSeconds(60),
            Duration.ofSeconds(2));
    private static final Resource NODE = Resource.create(Attributes.of(AttributeKey.stringKey("service.name"), "test"));

    private static SdkTracerProvider provider(Shipper shipper) {
        return SdkTracerProvider.builder().setResource(NODE).addSpanProcessor(shipper).build();
    }

    @Test void aCollectorGetsWhatOtlpSays() throws Exception {
        BlockingQueue<String> bodies = new LinkedBlockingQueue<>();
        AtomicInteger asked = new AtomicInteger();
        HttpServer collector = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        collector.createContext("/v1/traces", exchange -> {
            String body = new String(new GZIPInputStream(exchange.getRequestBody()).readAllBytes(), StandardCharsets.UTF_8);
            boolean busy = asked.incrementAndGet() == 1;
            if (!busy) {
                bodies.add(body);
            }
            exchange.sendResponseHeaders(busy ? 503 : 200, -1);
            exchange.close();
        });
        collector.start();
        Shipper shipper = new Shipper(new OtlpDoor(Tracing.endpoint("http://127.0.0.1:" + collector.getAddress().getPort()), null, NODE), TOGETHER);
        try (SdkTracerProvider provider = provider(shipper)) {
            Tracer tracer = provider.get("scope");
            Span parent = tracer.spanBuilder("parent").setSpanKind(SpanKind.SERVER).startSpan();
            tracer.spanBuilder("child \"quoted\"").setParent(Context.root().with(parent)).setAttribute("n", 1L << 60).setAttribute("b", true)
                    .setAttribute(AttributeKey.doubleArrayKey("d"), List.of(1.5, 2.5)).startSpan().setStatus(StatusCode.ERROR, "broken")
                    .addEvent("event").end();
            parent.end();
            Map<?, ?> root = (Map<?, ?>) Json.parse(bodies.poll(60, TimeUnit.SECONDS));
            Map<?, ?> resource = (Map<?, ?>) ((List<?>) root.get("resourceSpans")).getFirst();
            Map<?, ?> scope = (Map<?, ?>) ((List<?>) resource.get("scopeSpans")).getFirst();
            List<?> spans = (List<?>) scope.get("spans");
            Map<?, ?> child = (Map<?, ?>) spans.getFirst();
            assertEquals(2, spans.size());
            assertEquals(parent.getSpanContext().getTraceId(), child.get("traceId"));
            assertEquals(parent.getSpanContext().getSpanId(), child.get("parentSpanId"));
            assertEquals(Map.of("code", 2L, "message", "broken"), child.get("status"));
            assertEquals(1L, child.get("kind"), "internal");
            assertEquals(2L, ((Map<?, ?>) spans.get(1)).get("kind"), "server");
            assertTrue(child.get("attributes").toString().contains("intValue=1152921504606846976"), child.toString());
            assertTrue(child.get("startTimeUnixNano") instanceof String, "64 bits are a text");
            assertTrue(resource.get("resource").toString().contains("service.name"));
        } finally {
            collector.stop(0);
        }
    }

    @Test void aCollectorThatHangsCostsSpansNotTime() throws Exception {
        try (ServerSocket hanging = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Shipper shipper = new Shipper(new OtlpDoor(URI.create("http://127.0.0.1:" + hanging.getLocalPort() + "/v1/traces"), null, NODE), QUICK);
            try (SdkTracerProvider provider = provider(shipper)) {
                Tracer tracer = provider.get("scope");
                for (int i = 0; i < 20_000; i++) {
                    tracer.spanBuilder("span").startSpan().end();
                }
                assertTrue(shipper.counts().waiting() <= 4096);
                assertTrue(shipper.counts().lost() >= 20_000 - 4096 - 1024, "counted: " + shipper.counts());
            }
        }
    }

    @Test void whatIsRefusedIsNotSentAgain() throws Exception {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch refused = new CountDownLatch(1);
        Shipper shipper = new Shipper(new Shipper.Door() {
            @Override public Shipper.Outcome deliver(List<SpanData> batch) {
                asked.incrementAndGet();
                refused.countDown();
                return Shipper.Outcome.REFUSED;
            }

            @Override public void close() { }
        }, QUICK);
        try (SdkTracerProvider provider = provider(shipper)) {
            provider.get("scope").spanBuilder("span").startSpan().end();
            refused.await();
        }
        assertEquals(1, asked.get());
        assertEquals(1, shipper.counts().lost());
    }

    @Test void whatIsLeftIsDeliveredAtTheEnd() {
        AtomicInteger delivered = new AtomicInteger();
        Shipper shipper = new Shipper(new Shipper.Door() {
            @Override public Shipper.Outcome deliver(List<SpanData> batch) {
                delivered.addAndGet(batch.size());
                return Shipper.Outcome.TAKEN;
            }

            @Override public void close() { }
        }, new Shipper.Times(Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofMinutes(1), Duration.ofSeconds(30)));
        try (SdkTracerProvider provider = provider(shipper)) {
            for (int i = 0; i < 1000; i++) {
                provider.get("scope").spanBuilder("span").startSpan().end();
            }
        }
        assertEquals(1000, delivered.get());
    }

    @Test void endpointsAreChecked() {
        assertEquals(URI.create("http://c:4318/v1/traces"), Tracing.endpoint("http://c:4318/"));
        assertEquals(URI.create("https://c/v1/traces"), Tracing.endpoint("https://c/v1/traces"));
        for (String bad : List.of("c:4318", "file:///etc/passwd", "http:///x", "http://a b", "grpc://c")) {
            assertThrows(IllegalArgumentException.class, () -> Tracing.endpoint(bad), bad);
        }
    }
}
