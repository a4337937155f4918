package org.cloudos.web;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.servlet.context.ServletContextHelper;
import org.osgi.service.servlet.whiteboard.Preprocessor;

/**
 * What every answer of this server says to a browser, whichever bundle it comes from; and the last word on who gets one: what
 * comes over TLS, which may be from anywhere, needs a login for all servlets but those that the settings open.
 */
@Component(service = Preprocessor.class)
public final class SecurityHeaders implements Preprocessor {
    private final Door door;
    private final TlsDoor tls;

    @Activate
    public SecurityHeaders(@Reference Door door, @Reference TlsDoor tls) {
        this.door = door;
        this.tls = tls;
    }

    /** All from this server, no script but in files of it, never in a frame. */
    static final String STRICT = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self';"
            + " form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    /** Apache Felix's console has scripts and styles in its pages. */
    private static final String FELIX = "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline';"
            + " img-src 'self' data:; form-action 'self'; base-uri 'self'; frame-ancestors 'self'";
    private static final int BAD_REQUEST = 400;
    private static final String HSTS = "max-age=31536000";

    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain) throws IOException, ServletException {
        HttpServletRequest http = (HttpServletRequest) request;
        HttpServletResponse answer = (HttpServletResponse) response;
        boolean felix = http.getRequestURI().startsWith("/system/console");
        answer.setHeader("Content-Security-Policy", felix ? FELIX : STRICT);
        answer.setHeader("X-Frame-Options", felix ? "SAMEORIGIN" : "DENY");
        answer.setHeader("X-Content-Type-Options", "nosniff");
        answer.setHeader("Referrer-Policy", "same-origin");
        answer.setHeader("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()");
        answer.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        answer.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        answer.setHeader("Cache-Control", "no-store");
        // A desk has other servers under this name, which have no TLS.
        if (request.isSecure() && !request.getServerName().equals("localhost")) {
            answer.setHeader("Strict-Transport-Security", HSTS);
        }
        if (http.getMethod().equals("TRACE")) {
            answer.sendError(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        if (http.getRequestURI().equals("/") && http.getMethod().equals("GET")) {
            answer.setStatus(HttpServletResponse.SC_SEE_OTHER); // no servlet here: whoever has one for all of / keeps it
            answer.setHeader("Location", "/console/");
            return;
        }
        if (Paths.ambiguous(http.getRequestURI())) {
            Door.refuse(answer, new Guard.Refused(BAD_REQUEST, "expected a path without dots, empty parts and parameters", 0));
            return;
        }
        if (request.isSecure() && !Paths.guarded(http.getRequestURI()) && !Paths.open(http.getRequestURI(), tls.open())) {
            switch (door.decide(http, true)) {
                case Guard.Admitted admitted -> {
                    request.setAttribute(ServletContextHelper.REMOTE_USER, admitted.user()); // for servlets that ask who it is
                    chain.doFilter(request, response);
                }
                case Guard.LogIn login -> WebContext.toLogin(http, answer);
                case Guard.Refused refused -> Door.refuse(answer, refused);
            }
            return;
        }
        chain.doFilter(request, response);
    }
}
