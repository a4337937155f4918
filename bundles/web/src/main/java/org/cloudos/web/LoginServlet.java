package org.cloudos.web;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** The login's page and form, and what the page is made of: all that somebody sees who is not logged in. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=/login",
    "osgi.http.whiteboard.servlet.pattern=/login/*", "osgi.http.whiteboard.servlet.pattern=/logout", WebContext.SELECT})
public final class LoginServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final Map<String, String> ASSETS = Map.of("/login.css", "text/css", "/icon.svg", "image/svg+xml");
    /** Where a login may lead: a page of ours. */
    private static final Pattern NEXT = Pattern.compile("/(console|system/console)(/[\\w./-]*)?");
    private static final int LONGEST_FIELD = 1024;

    private final transient Door door;

    @Activate
    public LoginServlet(@Reference Door door) {
        this.door = door;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String asset = request.getPathInfo();
        if (asset != null && ASSETS.containsKey(asset)) {
            response.setContentType(ASSETS.get(asset));
            response.setCharacterEncoding("UTF-8");
            response.setHeader("Cache-Control", "public, max-age=3600");
            response.getOutputStream().write(read(asset));
        } else if (!request.getServletPath().equals("/login") || asset != null) {
            response.sendError(HttpServletResponse.SC_NOT_FOUND);
        } else if (door.session(request).isPresent()) {
            seeOther(response, next(request));
        } else {
            page(response, next(request), "");
        }
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (request.getServletPath().equals("/logout")) {
            response.addHeader("Set-Cookie", door.leave(request));
            response.addHeader("Clear-Site-Data", "\"cache\"");
            seeOther(response, "/login");
            return;
        }
        if (request.getPathInfo() != null || request.getContentLengthLong() > 4 * LONGEST_FIELD) {
            response.sendError(HttpServletResponse.SC_BAD_REQUEST);
            return;
        }
        String given = field(request, "password");
        Door.Entered entered = door.enter(request, field(request, "user"), given);
        if (entered.decision() instanceof Guard.Refused refused) {
            response.setStatus(refused.status());
            if (refused.seconds() > 0) {
                response.setHeader("Retry-After", Long.toString(refused.seconds()));
            }
            page(response, next(request), refused.why());
        } else {
            response.addHeader("Set-Cookie", entered.cookie());
            seeOther(response, next(request));
        }
    }

    private static String field(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value.substring(0, Math.min(value.length(), LONGEST_FIELD));
    }

    private static String next(HttpServletRequest request) {
        String next = field(request, "next");
        return NEXT.matcher(next).matches() && !next.contains("..") ? next : "/console/";
    }

    private static void seeOther(HttpServletResponse response, String where) {
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", where);
    }

    private void page(HttpServletResponse response, String next, String error) throws IOException {
        String text = new String(read("/login.html"), StandardCharsets.UTF_8);
        String message = error.isEmpty() ? "" : "<p class=\"error\" role=\"alert\">" + escape(error.substring(0, 1).toUpperCase(java.util.Locale.ROOT)
                + error.substring(1)) + ".</p>";
        response.setContentType("text/html");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write(text.replace("{{next}}", escape(next)).replace("{{error}}", message));
    }

    private static byte[] read(String name) throws IOException {
        try (InputStream in = LoginServlet.class.getResourceAsStream("assets" + name)) {
            if (in == null) {
                throw new IOException("this build lacks " + name);
            }
            return in.readAllBytes();
        }
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\"", "&quot;").replace("'", "&#39;");
    }
}
