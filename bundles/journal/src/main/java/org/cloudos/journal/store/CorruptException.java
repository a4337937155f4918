package org.cloudos.journal.store;

import java.io.IOException;

/** Bytes that are not as the format has them. */
final class CorruptException extends IOException {
    private static final long serialVersionUID = 1L;

    CorruptException(String what, Object expected, Object found) {
        super(what + ": expected " + expected + ", found " + found);
    }
}
