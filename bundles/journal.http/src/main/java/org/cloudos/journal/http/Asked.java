package org.cloudos.journal.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.cloudos.journal.Query;
import org.cloudos.journal.QueryException;

/**
 * What a client asks for.
 *
 * @param query which records
 * @param last  how many of those that are there
 * @param after the sequence that it has seen; absent for one that begins
 */
record Asked(Query query, int last, OptionalLong after) {
    private static final int LONGEST_ADDRESS = 8192, MOST = 10_000, PERCENT = 3, HEX = 16;

    /** The message is for the client. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong(String message) {
            super(message);
        }
    }

    /**
     * Reads an address' query (RFC 3986 §3.4, pairs as forms send them).
     *
     * @param names  the parameters that there may be
     * @param last   how many records are wanted where nothing is said
     */
    static Asked of(String address, Set<String> names, int last, Instant now) throws Wrong {
        Map<String, String> given = parameters(address == null ? "" : address, names);
        Query query;
        try {
            query = Query.parse(given.getOrDefault("q", ""), now);
        } catch (QueryException e) {
            throw new Wrong("q: " + e.getMessage());
        }
        int most = (int) number(given, "last", MOST).orElse(last);
        return new Asked(query, most, number(given, "after", Long.MAX_VALUE));
    }

    /** A client that comes again says what it had last; anything else than a sequence is as if nothing were said. */
    Asked resumed(String lastEventId) {
        if (lastEventId == null || !lastEventId.matches("\\d{1,18}")) {
            return this;
        }
        return new Asked(query, 0, OptionalLong.of(Long.parseLong(lastEventId)));
    }

    private static OptionalLong number(Map<String, String> given, String name, long most) throws Wrong {
        String text = given.get(name);
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= 0 && number <= most) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException e) {
            // said below, as for a number that is out of bounds
        }
        throw new Wrong(name + ": expected a number of 0 to " + most + ", found " + shortened(text));
    }

    private static Map<String, String> parameters(String address, Set<String> names) throws Wrong {
        if (address.length() > LONGEST_ADDRESS) {
            throw new Wrong("expected an address of at most " + LONGEST_ADDRESS + " characters, found " + address.length());
        }
        Map<String, String> given = new HashMap<>();
        for (String pair : address.split("&")) {
            if (pair.isEmpty()) {
                continue;
            }
            int equals = pair.indexOf('=');
            String name = decoded(equals < 0 ? pair : pair.substring(0, equals));
            if (!names.contains(name)) {
                throw new Wrong("expected the parameters " + String.join(", ", new TreeSet<>(names)) + ", found " + shortened(name));
            }
            if (given.put(name, equals < 0 ? "" : decoded(pair.substring(equals + 1))) != null) {
                throw new Wrong(name + ": expected once, found again");
            }
        }
        return given;
    }

    /** Strictly: what is no UTF-8 would be searched for as something else. */
    private static String decoded(String text) throws Wrong {
        ByteBuffer bytes = ByteBuffer.allocate(text.length() * PERCENT);
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%') {
                int value = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), HEX) << 4 | Character.digit(text.charAt(i + 2), HEX) : -1;
                if (value < 0) {
                    throw new Wrong("expected two hexadecimal digits after %, found " + shortened(text.substring(i)));
                }
                bytes.put((byte) value);
                i += 2;
            } else if (c < 0x80) {
                bytes.put((byte) (c == '+' ? ' ' : c));
            } else {
                bytes.put(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
            }
        }
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
        } catch (CharacterCodingException e) {
            throw new Wrong("expected UTF-8, found something else in " + shortened(text));
        }
    }

    private static String shortened(String text) {
        return org.cloudos.journal.Text.harmless(text.length() <= 60 ? text : text.substring(0, 60) + "...");
    }
}
