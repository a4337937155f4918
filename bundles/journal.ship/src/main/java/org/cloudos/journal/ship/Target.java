package org.cloudos.journal.ship;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Query;
import org.cloudos.metrics.MetricSource;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** A collector that the journal's records go to; one for each configuration. */
@Component(service = {Target.class, MetricSource.class}, immediate = true, configurationPid = "org.cloudos.journal.ship",
        configurationPolicy = ConfigurationPolicy.REQUIRE, property = "cloudos.gate=false")
@Designate(ocd = Target.Config.class, factory = true)
public final class Target implements MetricSource {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final String FILE = "file";
    private static final List<String> SCHEMES = List.of("syslog+udp", "syslog+tcp", "syslog+tls", "otlp+http", "otlp+https", FILE);

    /** Settings of a target. */
    @ObjectClassDefinition(name = "Log target", description = "A collector that the journal's records are sent to")
    public @interface Config {
        /** Where to. */
        @AttributeDefinition(name = "URL", description = "syslog+udp://HOST:514, syslog+tcp://HOST:601, syslog+tls://HOST:6514,"
                + " otlp+http://HOST:4318, otlp+https://..., file:/PATH for JSON lines")
        String url();

        /** Which. */
        @AttributeDefinition(name = "Query", description = "Which records: the language of log:query; empty for all", required = false)
        String query() default "";

        /** Of what has none. */
        @AttributeDefinition(name = "Facility", description = "Syslog's facility for records that have none", required = false)
        String facility() default "daemon";

        /** Who sends. */
        @AttributeDefinition(name = "Host", description = "Name of this machine; empty takes its own", required = false)
        String host() default "";

        /** Whom to trust. */
        @AttributeDefinition(name = "CA file", description = "PEM file of the certificates that are trusted; empty takes the JVM's", required = false)
        String ca() default "";

        /** Own certificate. */
        @AttributeDefinition(name = "Certificate file", description = "PEM file of the own certificate, where the collector asks for one", required = false)
        String certificate() default "";

        /** Its key. */
        @AttributeDefinition(name = "Key file", description = "PEM file of its key, PKCS #8", required = false)
        String key() default "";

        /** For OTLP. */
        @AttributeDefinition(name = "Headers", description = "NAME=VALUE, sent with each OTLP request", required = false)
        String[] headers() default {};

        /** For files. */
        @AttributeDefinition(name = "Megabytes", description = "Size of a file of JSON lines", min = "1", max = "100000")
        int megabytes() default 16;

        /** For files. */
        @AttributeDefinition(name = "Files", description = "How many files of JSON lines are kept", min = "1", max = "1000")
        int files() default 4;
    }

    private final String url;
    private final Shipping shipping;

    /** Goes on where it was. */
    @Activate
    public Target(BundleContext context, @Reference Journal journal, Config config, Map<String, Object> properties) throws IOException {
        url = config.url();
        Object pid = properties.getOrDefault("service.pid", config.url());
        String name = String.valueOf(pid).replaceFirst("^org\\.cloudos\\.journal\\.ship[.~]?", "");
        Query query = Query.parse(config.query(), Instant.now());
        Path cursor = Path.of(context.getProperty("cloudos.data"), "journal", "ship", name.replaceAll("[^A-Za-z0-9._-]", "_"));
        shipping = new Shipping(name.isEmpty() ? url : name, journal, query, sender(config), cursor, LIMIT);
    }

    static Sender sender(Config c) throws IOException {
        URI uri = uri(c.url());
        Tls tls = new Tls(c.ca(), c.certificate(), c.key());
        String host = c.host().isEmpty() ? ownName() : c.host();
        return switch (uri.getScheme()) {
            case FILE -> new FileSender(Path.of(uri.getPath()), (long) c.megabytes() << 20, c.files());
            case "otlp+http", "otlp+https" -> new OtlpSender(otlp(c.url().strip().substring("otlp+".length())), headers(c.headers()),
                    Map.of("service.name", "cloudos", "host.name", host), tls);
            default -> SyslogSender.of(uri, new SyslogMessage(host, facility(c.facility())), tls);
        };
    }

    /** An address alone is that of the collector: the path of its logs is added (OpenTelemetry, OTLP exporter). */
    static URI otlp(String url) {
        URI uri = URI.create(url);
        return uri.getPath() == null || uri.getPath().isEmpty() || uri.getPath().equals("/") ? uri.resolve("/v1/logs") : uri;
    }

    /** What a target is: one of the schemes, with a host or a path. */
    static URI uri(String text) throws IOException {
        URI uri;
        try {
            uri = new URI(text.strip());
        } catch (URISyntaxException e) {
            throw new IOException("url: expected syslog+udp://HOST:PORT or the like, found " + text + ": " + e.getMessage(), e);
        }
        String scheme = String.valueOf(uri.getScheme());
        if (!SCHEMES.contains(scheme)) {
            throw new IOException("url: expected " + String.join(", ", SCHEMES) + ", found " + scheme);
        }
        if (scheme.equals(FILE) && uri.getPath() == null || !scheme.equals(FILE) && uri.getHost() == null) {
            throw new IOException("url: expected " + (scheme.equals(FILE) ? "a path" : "a host") + " in " + text);
        }
        return uri;
    }

    static int facility(String name) throws IOException {
        int facility = SyslogMessage.FACILITIES.indexOf(name.toLowerCase(Locale.ROOT));
        if (facility < 0) {
            throw new IOException("facility: expected one of " + String.join(", ", SyslogMessage.FACILITIES) + ", found " + name);
        }
        return facility;
    }

    static Map<String, String> headers(String[] pairs) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        for (String pair : pairs) {
            int eq = pair.indexOf('=');
            if (eq <= 0) {
                throw new IOException("headers: expected NAME=VALUE, found " + pair);
            }
            headers.put(pair.substring(0, eq).strip(), pair.substring(eq + 1).strip());
        }
        return headers;
    }

    private static String ownName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            return "";
        }
    }

    Shipping.State state() {
        return shipping.state();
    }

    String url() {
        return url;
    }

    @Override public void collect(Sink sink) {
        Shipping.State s = shipping.state();
        sink.counter("cloudos_log_shipped_total", "Records that a target has taken", s.sent(), "target", s.target());
        sink.counter("cloudos_log_ship_refused_total", "Records that a target has refused", s.refused(), "target", s.target());
        sink.counter("cloudos_log_ship_missed_total", "Records that were removed before a target had them", s.missed(), "target", s.target());
        sink.gauge("cloudos_log_ship_waiting", "Records that a target has not looked at yet", s.waiting(), "target", s.target());
    }

    @Deactivate
    void close() {
        shipping.close();
    }
}
