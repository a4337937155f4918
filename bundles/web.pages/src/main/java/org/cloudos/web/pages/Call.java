package org.cloudos.web.pages;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A request to an {@link Api}: its parameters, which may be anything, as what they should be. */
record Call(HttpServletRequest request, HttpServletResponse response) {
    private static final int LONGEST_VALUE = 8192;

    /** What is wrong with a request; the message is for people. */
    static final class Bad extends Exception {
        private static final long serialVersionUID = 1L;
        private final int status;

        Bad(int status, String message) {
            super(message);
            this.status = status;
        }

        int status() {
            return status;
        }
    }

    private static final int BAD_REQUEST = 400;
    private static final int TOO_LARGE = 413;

    static Bad bad(String message) {
        return new Bad(BAD_REQUEST, message);
    }

    /** A parameter of the address that must be there. */
    String text(String name) throws Bad {
        String value = text(name, "");
        if (value.isEmpty()) {
            throw bad("expected the parameter " + name);
        }
        return value;
    }

    String text(String name, String absent) throws Bad {
        String value = parameter(name);
        if (value == null || value.isEmpty()) {
            return absent;
        }
        if (value.length() > LONGEST_VALUE) {
            throw bad(name + ": expected at most " + LONGEST_VALUE + " characters, found " + value.length());
        }
        return value;
    }

    /** From the address alone: the body stays unread. */
    private String parameter(String name) throws Bad {
        String query = request.getQueryString();
        for (String pair : query == null ? new String[0] : query.split("&")) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).equals(name)) {
                try {
                    return java.net.URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException e) {
                    throw bad(name + ": expected an encoded value: " + e.getMessage());
                }
            }
        }
        return null;
    }

    long number(String name, long absent, long least, long most) throws Bad {
        String value = text(name, Long.toString(absent));
        if (!value.matches("-?\\d{1,18}") || Long.parseLong(value) < least || Long.parseLong(value) > most) {
            throw bad(name + ": expected a number from " + least + " to " + most + ", found " + value);
        }
        return Long.parseLong(value);
    }

    <E extends Enum<E>> E choice(String name, Class<E> type) throws Bad {
        String value = text(name);
        return Arrays.stream(type.getEnumConstants()).filter(c -> c.name().equals(value)).findFirst()
                .orElseThrow(() -> bad(name + ": expected one of " + Arrays.toString(type.getEnumConstants()) + ", found " + value));
    }

    /** The body as text. */
    String body(int most) throws Bad, IOException {
        try (InputStream in = request.getInputStream()) {
            byte[] bytes = in.readNBytes(most + 1);
            if (bytes.length > most) {
                throw tooLarge(most);
            }
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw bad("expected text in UTF-8");
        }
    }

    static Bad tooLarge(long most) {
        return new Bad(TOO_LARGE, "expected at most " + most + " bytes");
    }

    /** Who asks. */
    String user() {
        return request.getRemoteUser() + " (web, " + request.getRemoteAddr() + ")";
    }
}
