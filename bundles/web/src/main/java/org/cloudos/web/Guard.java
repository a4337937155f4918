package org.cloudos.web;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Set;

/**
 * Decides on a request to what only the operator may see.
 *
 * <p>A browser has a session's cookie, which other sites can't send along (SameSite=Strict); a request that changes something
 * must moreover come from our own pages, by its {@code Sec-Fetch-Site} and {@code Origin}, and bring the session's token. A
 * program (curl, Prometheus) sends user and password with each request (RFC 7617) and needs none of that, since no page can
 * make a browser do it.
 */
final class Guard {
    static final String USER = "admin";
    /** Only over TLS, for this host alone, whole site (RFC 6265bis §4.1.3.2). */
    static final String COOKIE = "__Host-cloudos";
    private static final Set<String> SAFE = Set.of("GET", "HEAD");
    private static final String BASIC = "Basic ";
    static final int UNAUTHORIZED = 401;
    static final int FORBIDDEN = 403;
    static final int TOO_MANY = 429;

    private final Sessions sessions;
    private final Password password;
    private final LoginLimit limit;

    /**
     * What of a request the decision is made from. Headers that are absent are null.
     *
     * @param origin   this server's own, from the header Host
     * @param ownPage  whether the page under this path sends our token
     */
    record Facts(String method, boolean secure, String remote, String cookie, String authorization, String csrf, String origin,
            String givenOrigin, String fetchSite, boolean ownPage) { }

    /** The decision. */
    sealed interface Decision { }

    /** Go on. @param session null for one that brought its password */
    record Admitted(String user, Sessions.Session session) implements Decision { }

    /** Nobody is logged in. */
    record LogIn() implements Decision { }

    /** No. */
    record Refused(int status, String why, long seconds) implements Decision { }

    Guard(Sessions sessions, Password password, LoginLimit limit) {
        this.sessions = sessions;
        this.password = password;
        this.limit = limit;
    }

    Decision decide(Facts facts) {
        if (facts.authorization() != null) {
            return basic(facts);
        }
        // The cookie was given over TLS; without it, it is somebody else's.
        Sessions.Session session = facts.secure() ? sessions.find(facts.cookie()).orElse(null) : null;
        if (session == null) {
            return new LogIn();
        }
        if (!SAFE.contains(facts.method())) {
            String foreign = foreign(facts);
            if (foreign != null) {
                return new Refused(FORBIDDEN, foreign, 0);
            }
            if (facts.ownPage() && !same(session.csrf(), facts.csrf())) {
                return new Refused(FORBIDDEN, "expected this session's token in the header X-CSRF-Token; load the page again", 0);
            }
        }
        return new Admitted(session.user(), session);
    }

    /** Why a request does not come from one of our own pages; null when it does. */
    static String foreign(Facts facts) {
        if (facts.fetchSite() != null && !facts.fetchSite().equals("same-origin")) {
            return "the request comes from another site (Sec-Fetch-Site: " + facts.fetchSite() + ")";
        }
        if (facts.givenOrigin() != null && !facts.givenOrigin().equalsIgnoreCase(facts.origin())) {
            return "the request comes from another site (Origin is not " + facts.origin() + ")";
        }
        return facts.fetchSite() == null && facts.givenOrigin() == null ? "the request does not say which page it comes from (Origin)" : null;
    }

    private static boolean same(String expected, String given) {
        return given != null && java.security.MessageDigest.isEqual(expected.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }

    private Decision basic(Facts facts) {
        String header = facts.authorization();
        if (!header.regionMatches(true, 0, BASIC, 0, BASIC.length())) {
            return new Refused(UNAUTHORIZED, "expected Authorization: Basic", 0);
        }
        String text;
        try {
            text = new String(Base64.getDecoder().decode(header.substring(BASIC.length()).strip()), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return new Refused(UNAUTHORIZED, "expected Base64 after Basic", 0);
        }
        int colon = text.indexOf(':');
        Decision tried = tryPassword(facts.remote(), colon < 0 ? text : text.substring(0, colon), colon < 0 ? "" : text.substring(colon + 1));
        // A page can make the browser repeat a password that was typed into its own box.
        if (tried instanceof Admitted && facts.fetchSite() != null && !SAFE.contains(facts.method()) && foreign(facts) != null) {
            return new Refused(FORBIDDEN, foreign(facts), 0);
        }
        return tried;
    }

    /** Whether these let somebody in; failures are counted. */
    Decision tryPassword(String remote, String user, String given) {
        long wait = limit.secondsToWait(remote);
        if (wait > 0) {
            return new Refused(TOO_MANY, "too many failed logins; try again in " + wait + " s", wait);
        }
        boolean right = password.is(given) & USER.equals(user);
        if (!right) {
            limit.failed(remote);
            return new Refused(UNAUTHORIZED, "wrong user or password", 0);
        }
        limit.succeeded(remote);
        return new Admitted(USER, null);
    }
}
