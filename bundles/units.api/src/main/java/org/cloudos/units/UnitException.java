package org.cloudos.units;

/** Something about units can't be done; the message says what was expected, what was found, and what to do. */
public final class UnitException extends Exception {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** No unit can be called that. */
        BAD_NAME,
        /** It has no file. */
        NOT_FOUND,
        /** Its file is not good. */
        BAD_SETTING,
        /** It is masked. */
        MASKED,
        /** Units that wait for each other. */
        CYCLE,
        /** Jobs that exclude each other. */
        CONFLICT,
        /** The type of unit has no such action, or {@code RefuseManualStart} and the like. */
        REFUSED,
        /** A file or folder can't be read or written. */
        IO
    }

    private final Reason reason;

    public UnitException(Reason reason, String message) {
        super(message);
        this.reason = reason;
    }

    public UnitException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
