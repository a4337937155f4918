package org.cloudos.config.backup;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.kernel.swap.BundleStore;
import org.cloudos.shell.Json;

/**
 * What an archive holds.
 *
 * @param key     of the signer, X.509 in Base64
 * @param bundles deployed ones, whose jars are among the entries
 */
record Manifest(Instant at, String profile, String key, List<Item> entries, List<BundleStore.Entry> bundles) {
    private static final long FORMAT = 1;

    /** One file. */
    record Item(String name, long size, String sha256) { }

    byte[] bytes() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("format", FORMAT);
        map.put("at", at);
        map.put("profile", profile);
        map.put("key", key);
        map.put("entries", entries);
        map.put("bundles", bundles);
        return (new Json(map) + "\n").getBytes(StandardCharsets.UTF_8);
    }

    /** @throws IllegalArgumentException when it is none */
    static Manifest parse(byte[] bytes) {
        try {
            Map<?, ?> map = (Map<?, ?>) Json.parse(new String(bytes, StandardCharsets.UTF_8));
            if (!Long.valueOf(FORMAT).equals(map.get("format"))) {
                throw new IllegalArgumentException("expected format " + FORMAT + ", found " + map.get("format"));
            }
            List<Item> items = new ArrayList<>();
            for (Object each : (List<?>) map.get("entries")) {
                Map<?, ?> item = (Map<?, ?>) each;
                items.add(new Item((String) item.get("name"), (Long) item.get("size"), (String) item.get("sha256")));
            }
            List<BundleStore.Entry> bundles = new ArrayList<>();
            for (Object each : (List<?>) map.get("bundles")) {
                Map<?, ?> bundle = (Map<?, ?>) each;
                bundles.add(new BundleStore.Entry((String) bundle.get("symbolicName"), (String) bundle.get("version"), (String) bundle.get("sha256")));
            }
            return new Manifest(Instant.parse((String) map.get("at")), (String) map.get("profile"), (String) map.get("key"), List.copyOf(items),
                    List.copyOf(bundles));
        } catch (ClassCastException | NullPointerException | java.time.format.DateTimeParseException e) {
            throw new IllegalArgumentException("its manifest is damaged", e);
        }
    }
}
