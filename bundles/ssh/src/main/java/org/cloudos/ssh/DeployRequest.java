package org.cloudos.ssh;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.kernel.swap.Deployment;
import org.cloudos.shell.Json;

/** The header line of the deploy protocol; holds only what is within the limits. */
record DeployRequest(List<Jar> jars, Deployment.Options options) {
    static final int MAX_HEADER = 64 * 1024;
    static final int MAX_JARS = 64;
    static final long MAX_JAR = 256L << 20;
    static final long MAX_ALL = 512L << 20;
    static final long MAX_MS = 600_000;
    private static final int MAX_NAME = 255;

    /** One jar that follows the header. */
    record Jar(String name, long size, String sha256) { }

    /** The client sent something else than the protocol says. */
    static final class Bad extends IOException {
        private static final long serialVersionUID = 1L;

        Bad(String message) {
            super(message);
        }
    }

    /** Reads up to the line's end and not a byte more. */
    static DeployRequest read(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new Bad("The connection ended in the header");
            }
            if (line.size() == MAX_HEADER) {
                throw new Bad("Expected a header of at most " + MAX_HEADER + " bytes, ended by a line end");
            }
            line.write(b);
        }
        try {
            return parse(StandardCharsets.UTF_8.newDecoder().decode(java.nio.ByteBuffer.wrap(line.toByteArray())).toString());
        } catch (CharacterCodingException e) {
            throw new Bad("The header is not UTF-8");
        }
    }

    static DeployRequest parse(String line) throws Bad {
        Object value;
        try {
            value = Json.parse(line);
        } catch (IllegalArgumentException e) {
            throw new Bad("The header: " + e.getMessage());
        }
        if (!(value instanceof Map<?, ?> header)) {
            throw new Bad("Expected a JSON object as the header");
        }
        if (!Long.valueOf(1).equals(header.get("protocol"))) {
            throw new Bad("Expected protocol 1, found " + header.get("protocol"));
        }
        if (!(header.get("jars") instanceof List<?> list) || list.isEmpty() || list.size() > MAX_JARS) {
            throw new Bad("Expected 1 to " + MAX_JARS + " jars");
        }
        List<Jar> jars = new ArrayList<>();
        long all = 0;
        for (Object jar : list) {
            jars.add(jar(jar));
            all += jars.getLast().size();
        }
        if (all > MAX_ALL) {
            throw new Bad("Expected at most " + MAX_ALL + " bytes in all, found " + all);
        }
        return new DeployRequest(jars, new Deployment.Options(millis(header, "trialMs", Deployment.Options.DEFAULT.trial()),
                millis(header, "drainMs", Deployment.Options.DEFAULT.drain())));
    }

    private static Jar jar(Object value) throws Bad {
        if (!(value instanceof Map<?, ?> jar)) {
            throw new Bad("Expected an object for each jar");
        }
        if (!(jar.get("name") instanceof String name) || name.isEmpty() || name.length() > MAX_NAME
                || name.chars().anyMatch(Character::isISOControl)) {
            throw new Bad("name: expected 1 to " + MAX_NAME + " characters without control characters");
        }
        if (!(jar.get("size") instanceof Long size) || size < 1 || size > MAX_JAR) {
            throw new Bad("size of " + name + ": expected 1 to " + MAX_JAR + ", found " + jar.get("size"));
        }
        if (!(jar.get("sha256") instanceof String sha256) || !sha256.matches("[0-9a-f]{64}")) {
            throw new Bad("sha256 of " + name + ": expected 64 lower-case hex digits");
        }
        return new Jar(name, size, sha256);
    }

    private static Duration millis(Map<?, ?> header, String name, Duration absent) throws Bad {
        return switch (header.get(name)) {
            case null -> absent;
            case Long ms when ms >= 0 && ms <= MAX_MS -> Duration.ofMillis(ms);
            case Object other -> throw new Bad(name + ": expected 0 to " + MAX_MS + ", found " + other);
        };
    }
}
