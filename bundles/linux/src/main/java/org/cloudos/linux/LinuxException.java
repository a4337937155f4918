package org.cloudos.linux;

import java.io.IOException;

/** A system call failed. */
public final class LinuxException extends IOException {
    private static final long serialVersionUID = 1L;
    private final int errno;

    public LinuxException(String call, int errno, String name) {
        super(call + ": " + name + " (errno " + errno + ")");
        this.errno = errno;
    }

    /** The kernel's error number, {@code errno(3)}. */
    public int errno() {
        return errno;
    }
}
