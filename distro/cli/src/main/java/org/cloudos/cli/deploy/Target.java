package org.cloudos.cli.deploy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.cloudos.cli.Failure;

/** Where a CloudOS listens: {@code HOST}, {@code HOST:PORT} or {@code [IPv6]:PORT}. */
public record Target(String host, int port) {
    /** The port that CloudOS listens at when it is told nothing else. */
    public static final int DEFAULT_PORT = 2222;

    private static final Pattern FORM = Pattern.compile("(?:\\[([0-9a-fA-F:.]+)]|([^\\s:/@]+))(?::(\\d{1,5}))?");

    /** Understands what the user wrote. */
    public static Target parse(String text) {
        Matcher m = FORM.matcher(text);
        int port = m.matches() && m.group(3) != null ? Integer.parseInt(m.group(3)) : DEFAULT_PORT;
        if (!m.matches() || port < 1 || port > 65535) {
            throw Failure.usage("--to: expected HOST or HOST:PORT, found '" + text + "'",
                    "For example localhost:2222, or [fe80::1]:2222");
        }
        return new Target(m.group(1) != null ? m.group(1) : m.group(2), port);
    }

    /** Whether it is this machine. */
    public boolean isLoopback() {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            throw new Failure("There is no host '" + host + "'", "Is the name right, and is there a network?");
        }
    }

    @Override public String toString() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
}
