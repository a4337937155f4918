package org.cloudos.metrics;

/** An expression that can't be understood. */
public final class ExpressionException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final int position;

    /** The message tells what was expected and found, and where. */
    public ExpressionException(String message, int position) {
        super(message + " (at character " + (position + 1) + ")");
        this.position = position;
    }

    /** Where, from 0. */
    public int position() {
        return position;
    }
}
