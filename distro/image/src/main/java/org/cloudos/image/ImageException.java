package org.cloudos.image;

import java.io.IOException;

/** An image can't be made or run. The message is for the person at the terminal: what was expected, found, and what to do. */
public final class ImageException extends IOException {
    private static final long serialVersionUID = 1;

    public ImageException(String message) {
        super(message);
    }

    public ImageException(String message, Throwable cause) {
        super(message, cause);
    }
}
