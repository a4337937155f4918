package org.cloudos.web;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URL;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.context.ServletContextHelper;

/**
 * The servlet context {@code org.cloudos.web}. A servlet of any bundle that selects it with
 * {@code osgi.http.whiteboard.context.select=(osgi.http.whiteboard.context.name=org.cloudos.web)} is reached by who is logged in
 * alone, with {@code getRemoteUser()} set, and its requests that change something were checked for where they come from.
 */
@Component(service = ServletContextHelper.class, property = {"osgi.http.whiteboard.context.name=" + WebContext.NAME,
    "osgi.http.whiteboard.context.path=/"})
public final class WebContext extends ServletContextHelper {
    static final String NAME = "org.cloudos.web";
    static final String SELECT = "osgi.http.whiteboard.context.select=(osgi.http.whiteboard.context.name=" + NAME + ")";
    private static final int LONGEST_PATH = 512;

    private final Door door;
    private final TlsDoor tls;

    @Activate
    public WebContext(@Reference Door door, @Reference TlsDoor tls) {
        this.door = door;
        this.tls = tls;
    }

    @Override
    public boolean handleSecurity(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getRequestURI();
        boolean open = Paths.login(path);
        if (open || request.getHeader("Authorization") != null) {
            if (!request.isSecure() && open) {
                return toTls(request, response);
            }
            return open || admitted(request, response);
        }
        return request.isSecure() ? admitted(request, response) : toTls(request, response);
    }

    private boolean admitted(HttpServletRequest request, HttpServletResponse response) throws IOException {
        switch (door.decide(request, true)) {
            case Guard.Admitted admitted -> {
                request.setAttribute(REMOTE_USER, admitted.user());
                request.setAttribute(AUTHENTICATION_TYPE, admitted.session() == null ? "BASIC" : "FORM");
                return true;
            }
            case Guard.LogIn login -> toLogin(request, response);
            case Guard.Refused refused -> Door.refuse(response, refused);
        }
        return false;
    }

    /** A page leads to the login and back; what a script asks for is told by its status. */
    static void toLogin(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String accepted = request.getHeader("Accept");
        boolean page = request.getMethod().equals("GET") && accepted != null && accepted.contains("text/html");
        if (!page) {
            Door.refuse(response, new Guard.Refused(Guard.UNAUTHORIZED, "nobody is logged in", 0));
            return;
        }
        String path = request.getRequestURI();
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
        response.setHeader("Location", "/login" + (path.equals("/") || path.length() > LONGEST_PATH ? ""
                : "?next=" + URLEncoder.encode(path, StandardCharsets.UTF_8)));
    }

    private boolean toTls(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!request.getMethod().equals("GET")) {
            Door.refuse(response, new Guard.Refused(Guard.FORBIDDEN, "expected TLS, port " + tls.port(), 0));
            return false;
        }
        String host = String.valueOf(request.getHeader("Host")).replaceFirst(":\\d+$", "");
        if (!host.matches("[\\w.-]+|\\[[0-9a-fA-F:.]+\\]")) {
            Door.refuse(response, new Guard.Refused(HttpServletResponse.SC_BAD_REQUEST, "expected a header Host", 0));
            return false;
        }
        response.setStatus(HttpServletResponse.SC_TEMPORARY_REDIRECT);
        response.setHeader("Location", "https://" + host + ":" + tls.port() + request.getRequestURI());
        return false;
    }

    /** Nothing of the bundle is served by its name. */
    @Override
    public URL getResource(String name) {
        return null;
    }
}
