package org.cloudos.web;

import jakarta.servlet.Servlet;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Tells a page who is logged in, and the token that its requests bring: no other site can read the answer. */
@Component(service = Servlet.class, property = {"osgi.http.whiteboard.servlet.pattern=/console/api/session", WebContext.SELECT})
public final class SessionServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private final transient Door door;

    @Activate
    public SessionServlet(@Reference Door door) {
        this.door = door;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String csrf = door.session(request).map(Sessions.Session::csrf).orElse("");
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write("{\"user\":\"" + request.getRemoteUser() + "\",\"csrf\":\"" + csrf + "\"}\n");
    }
}
