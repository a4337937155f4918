package org.cloudos.web;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.apache.felix.http.jetty.ConnectorFactory;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** The port for TLS, which the HTTP service gets as one more connector. Certificates that are exchanged are used at once. */
@Component(immediate = true, service = TlsDoor.class, configurationPid = "org.cloudos.web")
@Designate(ocd = TlsDoor.Config.class)
public final class TlsDoor {
    private static final int CHECK_SECONDS = 10;
    private static final int BACKLOG = 128;
    private static final long IDLE_MS = 60_000;

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("web-certificate").factory());
    private final TlsFiles files;
    private final List<String> names;
    private final List<String> open;
    private final LiveKey key = new LiveKey();
    private final SSLContext tls;
    private final InetSocketAddress address;
    private final Logger log;
    private ServerSocketChannel listening;
    private List<Object> stamp;

    /** Settings. */
    @ObjectClassDefinition(name = "Web console", description = "Where the web console listens with TLS.")
    public @interface Config {
        @AttributeDefinition(name = "Port", description = "Port for TLS; 0 takes any that is free.", min = "0", max = "65535")
        int port() default 8443;

        @AttributeDefinition(name = "Address", description = "Address to listen on. Empty: all addresses of a booted machine, 127.0.0.1 in a JVM on a desk.")
        String address() default "";

        @AttributeDefinition(name = "Names", description = "Further names and addresses of this machine, for the certificate that it makes for itself.")
        String[] names() default {};

        @AttributeDefinition(name = "Open", description = "Paths of other servlets that need no login over TLS, with all below them.")
        String[] open() default {"/ready", "/live"};
    }

    @Activate
    public TlsDoor(BundleContext context, Config config, @Reference(service = LoggerFactory.class) Logger log)
            throws IOException, GeneralSecurityException {
        this.log = log;
        files = new TlsFiles(Path.of(context.getProperty("cloudos.data"), "web/tls"));
        names = names(config);
        open = paths(config);
        TlsFiles.Identity identity = files.identity(names, Instant.now());
        key.set(identity);
        stamp = files.stamp();
        tls = SSLContext.getInstance("TLS");
        // Nobody is asked for a certificate: without this the JDK would read all authorities that it trusts, a megabyte of them.
        tls.init(new KeyManager[] {key}, new TrustManager[0], null);
        boolean booted = context.getProperty("cloudos.epoch.offset.ms") != null && !context.getProperty("cloudos.epoch.offset.ms").equals("0");
        String host = property(context, "cloudos.web.address", config.address().isBlank() ? booted ? "0.0.0.0" : "127.0.0.1" : config.address());
        address = bind(new InetSocketAddress(host, Integer.parseInt(property(context, "cloudos.web.port", Integer.toString(config.port())))));
        registrations.add(context.registerService(ConnectorFactory.class, this::connector, null));
        String shown = host + ":" + address.getPort();
        registrations.add(context.registerService(Object.class, new Object(), FrameworkUtil.asDictionary(Map.of(
                "cloudos.endpoint", "web console", "cloudos.endpoint.address", "https://" + shown, "cloudos.endpoint.port", address.getPort(),
                "cloudos.endpoint.note", "user admin, password in DATA/web/password, certificate SHA-256 " + identity.fingerprint()))));
        log.info("The web console listens on https://" + shown + ", certificate SHA-256 " + identity.fingerprint());
        clock.scheduleWithFixedDelay(this::follow, CHECK_SECONDS, CHECK_SECONDS, TimeUnit.SECONDS);
    }

    private static String property(BundleContext context, String name, String absent) {
        String value = context.getProperty(name);
        return value == null || value.isBlank() ? absent : value.strip();
    }

    private static List<String> paths(Config config) throws IOException {
        for (String path : config.open()) {
            if (!path.startsWith("/") || Paths.ambiguous(path) || Paths.guarded(path)) {
                throw new IOException("web.open: expected a path such as /shop, not one of the console's, found " + path);
            }
        }
        return List.of(config.open());
    }

    private static List<String> names(Config config) throws IOException {
        Set<String> names = new LinkedHashSet<>();
        for (String name : config.names()) {
            if (!SelfSigned.isAddress(name) && !name.matches("(?i)[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")) {
                throw new IOException("web.names: expected a host name or an address, found " + name);
            }
            names.add(name);
        }
        String host = hostName();
        if (host.matches("(?i)[a-z0-9.-]{1,253}")) {
            names.add(host);
        }
        names.addAll(List.of("localhost", "127.0.0.1", "::1"));
        return List.copyOf(names);
    }

    /** Without asking a name server. */
    private static String hostName() {
        try {
            return Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
        } catch (IOException e) {
            return "";
        }
    }

    private synchronized InetSocketAddress bind(InetSocketAddress wanted) throws IOException {
        listening = ServerSocketChannel.open();
        try {
            listening.bind(wanted, BACKLOG);
        } catch (BindException e) {
            listening.close();
            throw new IOException("can't listen on " + wanted + ": " + e.getMessage() + "; web.port sets another port", e);
        }
        return (InetSocketAddress) listening.getLocalAddress();
    }

    /** Called for each life of the HTTP server. */
    private synchronized Connector connector(Server server) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.addCustomizer(new SecureRequestCustomizer(false)); // no SNI: addresses are names too
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setSslContext(tls);
        context.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        HttpConnectionFactory plain = new HttpConnectionFactory(http);
        ServerConnector connector = new ServerConnector(server, null, null, null, 1, 1,
                new SslConnectionFactory(context, plain.getProtocol()), plain);
        connector.setIdleTimeout(IDLE_MS);
        try {
            if (!listening.isOpen()) {
                bind(address);
            }
            connector.open(listening);
        } catch (IOException e) {
            throw new IllegalStateException("The web console can't listen on " + address + ": " + e.getMessage(), e);
        }
        return connector;
    }

    /** A new certificate, put there by somebody or made because the old one ends. */
    private void follow() {
        try {
            TlsFiles.Identity identity = files.identity(names, Instant.now());
            List<Object> now = files.stamp();
            if (!now.equals(stamp)) {
                key.set(identity);
                stamp = now;
                log.info("The web console has another certificate now, SHA-256 " + identity.fingerprint());
            }
        } catch (IOException | GeneralSecurityException | RuntimeException e) {
            log.warn("The web console's certificate stays as it was: " + e.getMessage());
        }
    }

    /** Paths that need no login. */
    List<String> open() {
        return open;
    }

    int port() {
        return address.getPort();
    }

    @Deactivate
    void close() throws IOException {
        clock.shutdownNow();
        registrations.forEach(ServiceRegistration::unregister);
        listening.close();
    }
}
