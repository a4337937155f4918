package org.cloudos.image;

import java.io.IOException;
import java.nio.file.Path;

/** An image can't be made or run. The message is for the person at the terminal: what was expected, found, and what to do. */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }

    /** The same error, in words where it is a common one. */
    static IOException explained(IOException e, Path where) {
        boolean full = !(e instanceof ImageException) && String.valueOf(e.getMessage()).contains("No space left on device");
        return full ? new ImageException("the disk with " + where + " is full; nothing half-made was left. Make room and start again", e) : e;
    }
}
