package org.cloudos.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.TracerProvider;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.cloudos.metrics.MetricSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** OpenTelemetry as a service: spans are kept for a while, and delivered where a collector is configured. */
@Component(service = {OpenTelemetry.class, Tracing.class, MetricSource.class}, configurationPid = "org.cloudos.trace", property = "cloudos.gate=false")
@Designate(ocd = Tracing.Config.class)
public final class Tracing implements OpenTelemetry, MetricSource {
    /** Settings. */
    @ObjectClassDefinition(name = "Traces", description = "Spans of HTTP requests and swaps")
    public @interface Config {
        /** Where spans go. */
        @AttributeDefinition(name = "Endpoint", description = "OTLP/HTTP collector, such as http://collector:4318; empty keeps spans on the node alone",
                required = false)
        String endpoint() default "";

        /** File with a header. */
        @AttributeDefinition(name = "Header file", description = "A file with one line NAME: VALUE that is sent as a header, for a collector that"
                + " wants a key", required = false)
        String header_file() default "";

        /** Share of traces. */
        @AttributeDefinition(name = "Sample", description = "Share of the traces that begin here and are recorded, 0 to 1", min = "0", max = "1")
        double sample() default 1;

        /** What the node is called. */
        @AttributeDefinition(name = "Service name", description = "What the collector is told as service.name")
        String service_name() default "cloudos";

        /** Spans in memory. */
        @AttributeDefinition(name = "Kept", description = "Newest spans that trace:list and trace:show know", min = "0", max = "100000")
        int kept() default 1000;
    }

    private final SdkTracerProvider provider;
    private final RecentSpans recent;
    private final Shipper shipper;
    private final ContextPropagators propagators = ContextPropagators.create(W3CTraceContextPropagator.getInstance());

    /** Made when somebody asks for spans first. */
    @Activate
    public Tracing(BundleContext context, Config config) {
        double sample = config.sample();
        if (!(sample >= 0 && sample <= 1)) {
            throw new IllegalArgumentException("expected a share of traces from 0 to 1, found " + sample);
        }
        Resource resource = Resource.create(Attributes.builder().put("service.name", config.service_name())
                .put("service.version", context.getBundle().getVersion().toString()).put("host.name", host())
                .put("service.instance.id", UUID.randomUUID().toString()).put(AttributeKey.longKey("process.pid"), ProcessHandle.current().pid())
                .build());
        recent = new RecentSpans(Math.clamp(config.kept(), 0, 100_000));
        shipper = config.endpoint().isBlank() ? null : new Shipper(new OtlpDoor(endpoint(config.endpoint().strip()),
                config.header_file().isBlank() ? null : Path.of(config.header_file()), resource), Shipper.Times.DEFAULT);
        SdkTracerProviderBuilder builder = SdkTracerProvider.builder().setResource(resource)
                .setSampler(Sampler.parentBased(sample >= 1 ? Sampler.alwaysOn() : Sampler.traceIdRatioBased(sample)))
                .setSpanLimits(SpanLimits.builder().setMaxNumberOfAttributes(64).setMaxNumberOfEvents(64).setMaxNumberOfLinks(16)
                        .setMaxAttributeValueLength(1024).build())
                .addSpanProcessor(recent);
        if (shipper != null) {
            builder.addSpanProcessor(shipper);
        }
        provider = builder.build();
    }

    private static String host() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** OTLP/HTTP: the signal's path is added to the collector's address unless it is there (OpenTelemetry, OTLP exporter). */
    static URI endpoint(String text) {
        try {
            URI uri = new URI(text);
            if (("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null) {
                String plain = text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
                return new URI(plain.endsWith("/v1/traces") ? plain : plain + "/v1/traces");
            }
        } catch (URISyntaxException e) {
            // said below
        }
        throw new IllegalArgumentException("expected the collector as a URL with http or https and a host, found " + text);
    }

    @Override
    public TracerProvider getTracerProvider() {
        return provider;
    }

    @Override
    public ContextPropagators getPropagators() {
        return propagators;
    }

    /** A tracer of this bundle. */
    Tracer tracer() {
        return provider.get("org.cloudos.trace");
    }

    RecentSpans recent() {
        return recent;
    }

    @Override
    public void collect(Sink sink) {
        sink.counter("cloudos_traces_spans_total", "Spans that were recorded.", recent.count());
        if (shipper != null) {
            Shipper.Counts counts = shipper.counts();
            sink.counter("cloudos_traces_delivered_total", "Spans that the collector took.", counts.delivered());
            sink.counter("cloudos_traces_lost_total", "Spans that were not delivered: too many waited, or the collector refused them.", counts.lost());
            sink.gauge("cloudos_traces_waiting", "Spans that wait for the collector.", counts.waiting());
        }
    }

    @Deactivate
    void close() {
        provider.close();
    }
}
