package org.cloudos.web;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/**
 * Who is logged in. A session's identifier is random, made at the login and never taken from a request; only its digest is
 * kept. In memory alone: a restart logs everybody out. Thread-safe.
 */
final class Sessions {
    private static final int RANDOM_BYTES = 32;
    private static final int MOST = 64;

    private final RandomGenerator random;
    private final LongSupplier nanos;
    private final Duration idle;
    private final Duration longest;
    /** @GuardedBy("this") By the digest of the identifier. */
    private final Map<String, Session> open = new HashMap<>();

    /** @param csrf token that requests which change something must bring */
    record Session(String user, String csrf, long begun, long used) {
        private Session usedAt(long now) {
            return new Session(user, csrf, begun, now);
        }
    }

    /** @param longest after which it ends also when it is used */
    Sessions(RandomGenerator random, LongSupplier nanos, Duration idle, Duration longest) {
        this.random = random;
        this.nanos = nanos;
        this.idle = idle;
        this.longest = longest;
    }

    /** @return the identifier of a new session */
    synchronized String begin(String user) {
        long now = nanos.getAsLong();
        open.values().removeIf(s -> ended(s, now));
        if (open.size() >= MOST) {
            open.entrySet().stream().min(Comparator.comparingLong(e -> e.getValue().used())).map(Map.Entry::getKey).ifPresent(open::remove);
        }
        String id = token();
        open.put(digest(id), new Session(user, token(), now, now));
        return id;
    }

    /** The session of that identifier, which counts as used now. */
    synchronized Optional<Session> find(String id) {
        if (id == null || id.length() > 2 * RANDOM_BYTES) {
            return Optional.empty();
        }
        long now = nanos.getAsLong();
        return Optional.ofNullable(open.computeIfPresent(digest(id), (k, s) -> ended(s, now) ? null : s.usedAt(now)));
    }

    synchronized void end(String id) {
        if (id != null) {
            open.remove(digest(id));
        }
    }

    synchronized void endAll() {
        open.clear();
    }

    private boolean ended(Session session, long now) {
        return now - session.used() > idle.toNanos() || now - session.begun() > longest.toNanos();
    }

    private String token() {
        byte[] bytes = new byte[RANDOM_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static String digest(String id) {
        try {
            return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
