package org.cloudos.web.pages;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * A servlet that answers with JSON: what a method returns, or {@code {"error":"..."}}. Requests come from who is logged in, and
 * those that change something from our own pages: the context saw to that.
 */
abstract class Api extends HttpServlet {
    private static final long serialVersionUID = 1L;
    /** Selects the context that admits only who is logged in. */
    static final String CONTEXT = "osgi.http.whiteboard.context.select=(osgi.http.whiteboard.context.name=org.cloudos.web)";
    static final String PATTERN = "osgi.http.whiteboard.servlet.pattern=/console/api/";
    private static final int BAD_REQUEST = 400;
    private static final int NOT_FOUND = 404;
    private static final int CONFLICT = 409;
    private static final int FAILED = 500;

    /** Answers a call; {@link #DONE} when it has written the answer itself. */
    @FunctionalInterface
    interface Action {
        Object run(Call call) throws Exception;
    }

    static final Object DONE = new Object();

    private final transient Map<String, Action> actions = new HashMap<>();

    /** @param path below the servlet's, empty or /NAME */
    final void get(String path, Action action) {
        actions.put("GET " + path, action);
    }

    final void post(String path, Action action) {
        actions.put("POST " + path, action);
    }

    /** The status for a failure that is the caller's to know: of APIs that say what was expected. */
    int status(Exception e) {
        return FAILED;
    }

    @Override
    protected final void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        Action action = actions.get(request.getMethod() + " " + path);
        if (action == null) {
            error(response, NOT_FOUND, "there is no " + request.getMethod() + " " + request.getRequestURI());
            return;
        }
        try {
            Object answer = action.run(new Call(request, response));
            if (answer != DONE) {
                write(response, Json.of(answer));
            }
        } catch (Call.Bad e) {
            error(response, e.status(), e.getMessage());
        } catch (IllegalArgumentException e) {
            error(response, BAD_REQUEST, message(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            error(response, FAILED, "interrupted");
        } catch (Exception e) {
            int status = status(e);
            if (status == FAILED) {
                log("Request " + request.getMethod() + " " + request.getRequestURI() + " failed", e);
            }
            error(response, status, message(e));
        }
    }

    /** For a status that says "not as things are". */
    static int conflict() {
        return CONFLICT;
    }

    static String message(Exception e) {
        return e.getMessage() == null || e.getMessage().isBlank() ? e.getClass().getSimpleName() : e.getMessage();
    }

    static void error(HttpServletResponse response, int status, String message) throws IOException {
        if (response.isCommitted()) {
            throw new IOException(message);
        }
        response.reset();
        response.setStatus(status);
        write(response, Json.of(Map.of("error", message)));
    }

    private static void write(HttpServletResponse response, String json) throws IOException {
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        response.getWriter().write(json);
    }
}
