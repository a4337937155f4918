package org.cloudos.journal;

/** A query's text that can't be understood; the message says what was expected where, and what was found. */
public final class QueryException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;
    private final int column;

    /** @param column from 1 */
    public QueryException(int column, String message) {
        super("column " + column + ": " + message);
        this.column = column;
    }

    /** Where, from 1. */
    public int column() {
        return column;
    }
}
