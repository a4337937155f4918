package org.cloudos.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.common.InstrumentationScopeInfo;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.shell.Json;

/**
 * Spans as {@code ExportTraceServiceRequest} in the JSON that OTLP asks for: ids in hexadecimal, 64-bit numbers as texts,
 * enumerations as numbers (OpenTelemetry Protocol, "JSON Protobuf Encoding").
 */
final class OtlpJson {
    private OtlpJson() { }

    static String of(Resource resource, List<SpanData> spans) {
        Map<InstrumentationScopeInfo, List<Object>> scopes = new LinkedHashMap<>();
        for (SpanData span : spans) {
            scopes.computeIfAbsent(span.getInstrumentationScopeInfo(), s -> new ArrayList<>()).add(span(span));
        }
        List<Object> scopeSpans = new ArrayList<>();
        scopes.forEach((scope, list) -> {
            Map<String, Object> name = new LinkedHashMap<>();
            name.put("name", scope.getName());
            if (scope.getVersion() != null) {
                name.put("version", scope.getVersion());
            }
            scopeSpans.add(Map.of("scope", name, "spans", list));
        });
        return new Json(Map.of("resourceSpans", List.of(Map.of("resource", Map.of("attributes", attributes(resource.getAttributes())),
                "scopeSpans", scopeSpans)))).toString();
    }

    private static Map<String, Object> span(SpanData span) {
        Map<String, Object> to = new LinkedHashMap<>();
        to.put("traceId", span.getTraceId());
        to.put("spanId", span.getSpanId());
        if (span.getParentSpanContext().isValid()) {
            to.put("parentSpanId", span.getParentSpanId());
        }
        to.put("name", span.getName());
        to.put("kind", span.getKind().ordinal() + 1); // SPAN_KIND_INTERNAL is 1, and the order is the same
        to.put("startTimeUnixNano", Long.toString(span.getStartEpochNanos()));
        to.put("endTimeUnixNano", Long.toString(span.getEndEpochNanos()));
        to.put("attributes", attributes(span.getAttributes()));
        to.put("events", span.getEvents().stream().map(event -> Map.of("timeUnixNano", Long.toString(event.getEpochNanos()),
                "name", event.getName(), "attributes", attributes(event.getAttributes()))).toList());
        to.put("links", span.getLinks().stream().map(link -> Map.of("traceId", link.getSpanContext().getTraceId(),
                "spanId", link.getSpanContext().getSpanId(), "attributes", attributes(link.getAttributes()))).toList());
        Map<String, Object> status = new LinkedHashMap<>();
        status.put("code", span.getStatus().getStatusCode() == StatusCode.OK ? 1 : span.getStatus().getStatusCode() == StatusCode.ERROR ? 2 : 0);
        if (!span.getStatus().getDescription().isEmpty()) {
            status.put("message", span.getStatus().getDescription());
        }
        to.put("status", status);
        to.put("droppedEventsCount", span.getTotalRecordedEvents() - span.getEvents().size());
        to.put("droppedAttributesCount", span.getTotalAttributeCount() - span.getAttributes().size());
        return to;
    }

    private static List<Object> attributes(Attributes attributes) {
        List<Object> list = new ArrayList<>();
        attributes.forEach((AttributeKey<?> key, Object value) -> list.add(Map.of("key", key.getKey(), "value", any(value))));
        return list;
    }

    private static Map<String, Object> any(Object value) {
        return switch (value) {
            case Boolean bool -> Map.of("boolValue", bool);
            case Long number -> Map.of("intValue", Long.toString(number));
            case Double real -> Map.of("doubleValue", real);
            case List<?> list -> Map.of("arrayValue", Map.of("values", list.stream().map(OtlpJson::any).toList()));
            default -> Map.of("stringValue", value.toString());
        };
    }
}
