package org.cloudos.web.pages;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.service.component.annotations.Component;

/** The files of the pages. Every page is the same shell, which asks for what its address names. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=/console/*", Api.CONTEXT})
public final class ConsoleFiles extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final String SHELL = "index.html";
    private static final Map<String, String> TYPES = Map.of("html", "text/html", "css", "text/css", "js", "text/javascript", "svg", "image/svg+xml");

    private record File(byte[] bytes, String tag, String type) { }

    private final transient Map<String, File> files = new ConcurrentHashMap<>();

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getPathInfo();
        if (path == null) {
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            response.setHeader("Location", "/console/");
            return;
        }
        // Names of our own files have no other characters: there is no way up or out.
        String name = path.matches("/([a-z]+)?") ? SHELL : path.matches("/assets/[a-z]+\\.[a-z]+") ? path.substring("/assets/".length()) : null;
        File file = name == null ? null : file(name);
        if (file == null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        response.setHeader("ETag", file.tag());
        response.setHeader("Cache-Control", "no-cache"); // asked for each time, sent when it is another
        if (file.tag().equals(request.getHeader("If-None-Match"))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
            return;
        }
        response.setContentType(file.type());
        response.setCharacterEncoding("UTF-8");
        response.setContentLength(file.bytes().length);
        response.getOutputStream().write(file.bytes());
    }

    private File file(String name) throws IOException {
        File known = files.get(name);
        if (known != null) {
            return known;
        }
        String type = TYPES.get(name.substring(name.lastIndexOf('.') + 1));
        try (InputStream in = type == null ? null : ConsoleFiles.class.getResourceAsStream("assets/" + name)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
            File file = new File(bytes, "\"" + HexFormat.of().formatHex(digest, 0, 8) + "\"", type);
            files.put(name, file);
            return file;
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
