package org.cloudos.web;

import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.log.Logger;
import org.osgi.service.log.LoggerFactory;
import org.osgi.service.component.annotations.Reference;

/** Password, sessions and what is done at the door, for all servlets of this bundle. */
@Component(service = Door.class)
public final class Door {
    private static final Duration IDLE = Duration.ofMinutes(30);
    private static final Duration LONGEST = Duration.ofHours(12);

    private final Password password;
    private final Sessions sessions;
    private final Guard guard;
    private final Logger log;

    @Activate
    public Door(BundleContext context, @Reference(service = LoggerFactory.class) Logger log) throws IOException {
        this.log = log;
        SecureRandom random = new SecureRandom();
        password = new Password(Path.of(context.getProperty("cloudos.data"), "web/password"), random);
        sessions = new Sessions(random, System::nanoTime, IDLE, LONGEST);
        guard = new Guard(sessions, password, new LoginLimit(System::nanoTime));
    }

    /** @param ownPage whether the pages under the request's path send our token */
    Guard.Decision decide(HttpServletRequest request, boolean ownPage) {
        followPassword();
        return guard.decide(facts(request, ownPage));
    }

    /** A new password ends what the old one began. */
    private void followPassword() {
        try {
            if (password.changed()) {
                sessions.endAll();
            }
        } catch (IOException e) {
            log.warn("The password stays as it was: " + e.getMessage());
        }
    }

    /** A login by the form. @return the decision, and the cookie of a new session */
    record Entered(Guard.Decision decision, String cookie) { }

    Entered enter(HttpServletRequest request, String user, String given) {
        followPassword();
        String foreign = Guard.foreign(facts(request, true));
        if (foreign != null) {
            return new Entered(new Guard.Refused(Guard.FORBIDDEN, foreign, 0), null);
        }
        Guard.Decision decision = guard.tryPassword(request.getRemoteAddr(), user, given);
        if (decision instanceof Guard.Refused refused) {
            log.warn("Login from " + request.getRemoteAddr() + " refused: " + refused.why());
            return new Entered(decision, null);
        }
        sessions.end(cookie(request)); // whatever it was, it is not used again
        log.info("Login from " + request.getRemoteAddr());
        return new Entered(decision, cookieText(sessions.begin(Guard.USER), LONGEST.toSeconds()));
    }

    /** Ends the request's session. @return the cookie that removes it */
    String leave(HttpServletRequest request) {
        sessions.end(cookie(request));
        return cookieText("", 0);
    }

    private static String cookieText(String value, long seconds) {
        return Guard.COOKIE + "=" + value + "; Path=/; Max-Age=" + seconds + "; Secure; HttpOnly; SameSite=Strict";
    }

    /** As JSON, or as text for programs. */
    static void refuse(HttpServletResponse response, Guard.Refused refused) throws IOException {
        response.setStatus(refused.status());
        if (refused.seconds() > 0) {
            response.setHeader("Retry-After", Long.toString(refused.seconds()));
        }
        response.setContentType("application/json");
        response.setCharacterEncoding("UTF-8");
        response.getWriter().write("{\"error\":\"" + refused.why().replace("\\", "\\\\").replace("\"", "\\\"") + "\"}\n");
    }

    private static Guard.Facts facts(HttpServletRequest request, boolean ownPage) {
        return new Guard.Facts(request.getMethod(), request.isSecure(), request.getRemoteAddr(), cookie(request),
                request.getHeader("Authorization"), request.getHeader("X-CSRF-Token"),
                request.getScheme() + "://" + request.getHeader("Host"), request.getHeader("Origin"), request.getHeader("Sec-Fetch-Site"), ownPage);
    }

    private static String cookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null ? null : java.util.Arrays.stream(cookies).filter(c -> c.getName().equals(Guard.COOKIE)).map(Cookie::getValue)
                .findFirst().orElse(null);
    }

    /** The session of a request that was admitted with one. */
    Optional<Sessions.Session> session(HttpServletRequest request) {
        return request.isSecure() ? sessions.find(cookie(request)) : Optional.empty();
    }
}
