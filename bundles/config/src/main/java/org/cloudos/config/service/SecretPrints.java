package org.cloudos.config.service;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.cloudos.config.apply.SecretDelivery;
import org.cloudos.config.layers.Evaluation;
import org.cloudos.config.layers.References;

/** Which secrets have changed since they were delivered. Keeps salted digests, no secrets. Not thread-safe. */
final class SecretPrints {
    private final References references;
    private final byte[] salt = new byte[16];
    private Map<String, String> last = Map.of();

    SecretPrints(References references) {
        this.references = references;
        new SecureRandom().nextBytes(salt);
    }

    /** PIDs with a reference that leads to something else than the last time. */
    List<String> changed(Map<String, Evaluation.Target> targets) {
        Map<String, String> now = new HashMap<>();
        List<String> changed = new ArrayList<>();
        targets.forEach((pid, target) -> {
            String print = print(target);
            if (!print.isEmpty()) {
                now.put(pid, print);
                if (last.containsKey(pid) && !print.equals(last.get(pid))) {
                    changed.add(pid);
                }
            }
        });
        last = now;
        return changed;
    }

    private String print(Evaluation.Target target) {
        MessageDigest digest = sha256();
        digest.update(salt);
        boolean any = false;
        for (Object value : target.values().values()) {
            for (Object each : value instanceof List<?> list ? list : List.of(value)) {
                if (SecretDelivery.references(each)) {
                    any = true;
                    digest.update(resolved((String) each).getBytes(StandardCharsets.UTF_8));
                    digest.update((byte) 0);
                }
            }
        }
        return any ? HexFormat.of().formatHex(digest.digest()) : "";
    }

    private String resolved(String text) {
        try {
            return references.resolve(text);
        } catch (References.Dangling e) {
            return "\0" + e.getMessage();
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every JVM has SHA-256", e);
        }
    }
}
