package org.cloudos.hal;

import java.io.IOException;

/** A device, or the way to it, failed. The message names the device, what was expected and what was found. */
public final class DeviceException extends IOException {
    private static final long serialVersionUID = 1L;

    /** Why. */
    public enum Reason {
        /** This system can't do it: no rights, no I/O MMU, no such kernel module. */
        UNAVAILABLE,
        /** Somebody else has it. */
        BUSY,
        /** The device has no such thing. */
        ABSENT,
        /** It did not get ready or answer in time. */
        TIMED_OUT,
        /** It says what it must not. */
        MALFORMED,
        /** It reports a failure of its own. */
        FAILED,
        /** It was pulled out. */
        GONE
    }

    private final Reason reason;

    public DeviceException(Reason reason, String message) {
        this(reason, message, null);
    }

    public DeviceException(Reason reason, String message, Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    public Reason reason() {
        return reason;
    }
}
