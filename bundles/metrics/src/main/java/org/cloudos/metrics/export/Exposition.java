package org.cloudos.metrics.export;

import io.prometheus.metrics.config.EscapingScheme;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** The formats, and which of them a scraper wants (its {@code Accept} header). */
public enum Exposition {
    /** Text 0.0.4. */
    TEXT(PrometheusTextFormatWriter.CONTENT_TYPE),
    /** OpenMetrics 1.0 text. */
    OPEN_METRICS(OpenMetricsTextFormatWriter.CONTENT_TYPE),
    /** Protocol buffers. */
    PROTOBUF(Protobuf.CONTENT_TYPE);

    private final String contentType;

    Exposition(String contentType) {
        this.contentType = contentType;
    }

    /** For the header {@code Content-Type}. */
    public String contentType() {
        return contentType;
    }

    /** The one with the highest quality (RFC 9110 §12.5.1); text when the header names none of them, or is absent. */
    public static Exposition wanted(String accept) {
        Exposition best = TEXT;
        double quality = 0;
        for (String part : accept == null ? new String[0] : accept.split(",")) {
            String[] words = part.strip().toLowerCase(Locale.ROOT).split("\\s*;\\s*");
            Exposition named = switch (words[0]) {
                case "application/openmetrics-text" -> OPEN_METRICS;
                case "application/vnd.google.protobuf" -> part.contains("io.prometheus.client.MetricFamily") ? PROTOBUF : null;
                case "text/plain" -> TEXT;
                default -> null;
            };
            double q = named == null ? 0 : quality(words);
            if (q > quality) {
                quality = q;
                best = named;
            }
        }
        return best;
    }

    private static double quality(String[] words) {
        for (String word : words) {
            if (word.matches("q=(0(\\.\\d{0,3})?|1(\\.0{0,3})?)")) {
                return Double.parseDouble(word.substring(2));
            }
        }
        return 1;
    }

    /** Writes a reading. */
    public void write(OutputStream out, MetricSnapshots snapshots) throws IOException {
        switch (this) {
            case TEXT -> PrometheusTextFormatWriter.create().write(out, snapshots, EscapingScheme.UNDERSCORE_ESCAPING);
            case OPEN_METRICS -> new OpenMetricsTextFormatWriter(false, false).write(out, snapshots, EscapingScheme.UNDERSCORE_ESCAPING);
            case PROTOBUF -> Protobuf.write(out, snapshots);
        }
    }
}
