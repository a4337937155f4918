package org.cloudos.launcher;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.cloudos.kernel.swap.BundleStore.BundleSet;
import org.cloudos.kernel.swap.BundleStore.Entry;
import org.cloudos.kernel.swap.Change;

/** The store's records as lines of JSON. Reading checks every field; unknown ones are ignored. */
final class SetFile {
    private SetFile() { }

    /** {@code {"number":1,"at":"2026-..","entries":[{"symbolicName":..,"version":..,"sha256":..}]}}. */
    static String emit(BundleSet set) {
        StringBuilder out = new StringBuilder(64 + 160 * set.entries().size());
        out.append("{\"number\":").append(set.number()).append(",\"at\":").append(Json.quote(set.at().toString()));
        out.append(",\"entries\":[");
        String comma = "";
        for (Entry e : set.entries()) {
            out.append(comma).append("{\"symbolicName\":").append(Json.quote(e.symbolicName()));
            out.append(",\"version\":").append(Json.quote(e.version()));
            out.append(",\"sha256\":").append(Json.quote(e.sha256())).append('}');
            comma = ",";
        }
        return out.append("]}\n").toString();
    }

    static BundleSet parseSet(String text) throws Json.Malformed {
        Map<String, Object> set = Json.object(text);
        List<Entry> entries = new ArrayList<>();
        for (Object item : Json.list(set, "entries")) {
            Map<String, Object> e = Json.asObject(item);
            entries.add(new Entry(Json.string(e, "symbolicName"), Json.string(e, "version"),
                    digest(Json.string(e, "sha256"))));
        }
        return new BundleSet(Json.number(set, "number"), at(set), entries);
    }

    static String emit(Change c) {
        StringBuilder out = new StringBuilder(256);
        out.append("{\"number\":").append(c.number()).append(",\"at\":").append(Json.quote(c.at().toString()));
        out.append(",\"kind\":").append(Json.quote(c.kind())).append(",\"bundles\":[");
        String comma = "";
        for (Change.Step s : c.bundles()) {
            out.append(comma).append("{\"symbolicName\":").append(Json.quote(s.symbolicName()));
            out.append(",\"from\":").append(Json.quote(s.from())).append(",\"to\":").append(Json.quote(s.to()));
            out.append(",\"sha256\":").append(Json.quote(s.sha256())).append('}');
            comma = ",";
        }
        out.append("],\"outcome\":\"").append(c.outcome()).append("\",\"reason\":").append(Json.quote(c.reason()));
        out.append(",\"stallNanos\":").append(c.stall().toNanos()).append(",\"callsHeld\":").append(c.callsHeld());
        out.append(",\"callsFailed\":").append(c.callsFailed()).append(",\"restarted\":[");
        comma = "";
        for (String name : c.restarted()) {
            out.append(comma).append(Json.quote(name));
            comma = ",";
        }
        return out.append("]}").toString();
    }

    static Change parseChange(String text) throws Json.Malformed {
        Map<String, Object> c = Json.object(text);
        List<Change.Step> steps = new ArrayList<>();
        for (Object item : Json.list(c, "bundles")) {
            Map<String, Object> s = Json.asObject(item);
            steps.add(new Change.Step(Json.string(s, "symbolicName"), Json.string(s, "from"), Json.string(s, "to"),
                    Json.string(s, "sha256")));
        }
        List<String> restarted = new ArrayList<>();
        for (Object name : Json.list(c, "restarted")) {
            restarted.add(String.valueOf(name));
        }
        try {
            return new Change(Json.number(c, "number"), at(c), Json.string(c, "kind"), steps,
                    Change.Outcome.valueOf(Json.string(c, "outcome")), Json.string(c, "reason"),
                    Duration.ofNanos(Json.number(c, "stallNanos")), Json.number(c, "callsHeld"),
                    Json.number(c, "callsFailed"), restarted);
        } catch (IllegalArgumentException e) {
            throw new Json.Malformed("\"outcome\": " + e.getMessage());
        }
    }

    private static Instant at(Map<String, Object> object) throws Json.Malformed {
        try {
            return Instant.parse(Json.string(object, "at"));
        } catch (DateTimeParseException e) {
            throw new Json.Malformed("\"at\": " + e.getMessage());
        }
    }

    /** It becomes a file name: nothing but a digest may get through. */
    static String digest(String sha256) throws Json.Malformed {
        boolean good = sha256.length() == 64;
        for (int i = 0; good && i < 64; i++) {
            char c = sha256.charAt(i);
            good = c >= '0' && c <= '9' || c >= 'a' && c <= 'f';
        }
        if (!good) {
            throw new Json.Malformed("\"sha256\": expected 64 lower-case hex digits, found " + sha256);
        }
        return sha256;
    }
}
