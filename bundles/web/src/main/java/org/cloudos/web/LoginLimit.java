package org.cloudos.web;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Slows down who guesses passwords: after five failures an address waits 2 s, and twice as long after each further one, up
 * to a quarter of an hour. While it waits nothing is tried, the right password neither. Of IPv6 the first 64 bits count,
 * which one subscriber has. Thread-safe.
 */
final class LoginLimit {
    private static final int FREE = 5;
    private static final int MOST = 4096;
    private static final long LONGEST = TimeUnit.MINUTES.toNanos(15);
    private static final int IPV6_NETWORK_GROUPS = 4;

    private record Failures(int count, long last, long until) { }

    private final LongSupplier nanos;
    /** @GuardedBy("this") Least recently failed first; the oldest make room. */
    private final Map<String, Failures> byNetwork = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MOST;
        }
    };

    LoginLimit(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Seconds that this address has to wait; 0 when it may try. */
    synchronized long secondsToWait(String address) {
        Failures failures = byNetwork.get(network(address));
        long left = failures == null ? 0 : failures.until() - nanos.getAsLong();
        return left <= 0 ? 0 : TimeUnit.NANOSECONDS.toSeconds(left) + 1;
    }

    synchronized void failed(String address) {
        long now = nanos.getAsLong();
        Failures before = byNetwork.get(network(address));
        int count = before == null || now - before.last() > LONGEST && now - before.until() > 0 ? 1 : before.count() + 1;
        long wait = count < FREE ? 0 : Math.min(LONGEST, TimeUnit.SECONDS.toNanos(2L << Math.min(count - FREE, 20)));
        byNetwork.put(network(address), new Failures(count, now, now + wait));
    }

    synchronized void succeeded(String address) {
        byNetwork.remove(network(address));
    }

    private static String network(String address) {
        String[] groups = address.split(":", -1);
        if (groups.length < 3) {
            return address;
        }
        byte[] bytes = java.net.InetAddress.ofLiteral(address.replaceFirst("%.*", "").replaceAll("[\\[\\]]", "")).getAddress();
        if (bytes.length < 16) {
            return address; // an IPv4 address in IPv6's clothes
        }
        return java.util.HexFormat.of().formatHex(bytes, 0, IPV6_NETWORK_GROUPS * 2);
    }
}
