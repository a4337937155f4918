package org.cloudos.metrics.node;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.zip.GZIPOutputStream;
import org.cloudos.metrics.export.Exposition;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;

/** {@code /metrics}, where Prometheus gets them. */
@Component(service = Servlet.class, configurationPid = "org.cloudos.metrics.export",
        property = {"osgi.http.whiteboard.servlet.pattern=/metrics", "osgi.http.whiteboard.servlet.name=metrics"})
@Designate(ocd = ScrapeServlet.Config.class)
public final class ScrapeServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** Settings. */
    @ObjectClassDefinition(name = "Metrics export", description = "Who may read the metrics at /metrics")
    public @interface Config {
        /** Whether it is there. */
        @AttributeDefinition(name = "Enabled", description = "Whether /metrics answers at all")
        boolean enabled() default true;

        /** File with a token. */
        @AttributeDefinition(name = "Token file", description = "A file whose text a reader must send (Authorization: Bearer ...); empty lets everybody"
                + " read who reaches the port")
        String token_file() default "";
    }

    private final transient Node node;
    private final transient Config config;
    private volatile int size = 64 << 10;

    /** Made when HTTP is there. */
    @Activate
    public ScrapeServlet(@Reference Node node, Config config) {
        this.node = node;
        this.config = config;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!config.enabled()) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        if (!config.token_file().isEmpty() && !admits(request.getHeader("Authorization"))) {
            response.setHeader("WWW-Authenticate", "Bearer realm=\"metrics\"");
            response.sendError(HttpServletResponse.SC_UNAUTHORIZED);
            return;
        }
        Exposition format = Exposition.wanted(request.getHeader("Accept"));
        String encodings = request.getHeader("Accept-Encoding");
        boolean gzip = encodings != null && encodings.contains("gzip");
        ByteArrayOutputStream whole = new ByteArrayOutputStream(size);
        try (OutputStream out = gzip ? new GZIPOutputStream(whole, 8192) : whole) {
            format.write(out, node.scrape());
        }
        size = Math.max(4096, whole.size() + whole.size() / 8);
        response.setContentType(format.contentType());
        if (gzip) {
            response.setHeader("Content-Encoding", "gzip");
        }
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(whole.size());
        whole.writeTo(response.getOutputStream());
    }

    /** RFC 6750 §2.1. The file is read each time, so that a token can be changed; one that can't be read admits nobody. */
    private boolean admits(String authorization) {
        if (authorization == null || !authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return false;
        }
        try {
            byte[] token = Files.readString(Path.of(config.token_file())).strip().getBytes(StandardCharsets.UTF_8);
            return token.length > 0 && MessageDigest.isEqual(token, authorization.substring(7).strip().getBytes(StandardCharsets.UTF_8));
        } catch (IOException | java.nio.file.InvalidPathException e) {
            log("the token can't be read: " + e.getMessage());
            return false;
        }
    }
}
