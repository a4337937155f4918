package org.cloudos.kernel.swap.deploy;

/** Where the time goes while callers wait. */
final class Laps {
    private final long start = System.nanoTime();
    private final StringBuilder text = new StringBuilder();
    private long last = start;

    /** Ends a lap; one of less than a millisecond is not told. */
    void lap(String name) {
        long now = System.nanoTime(), ms = Math.round((now - last) / 1e6);
        last = now;
        if (ms > 0) text.append(text.isEmpty() ? "" : ", ").append(name).append(' ').append(ms);
    }

    @Override
    public String toString() {
        return Math.round((last - start) / 1e6) + " ms" + (text.isEmpty() ? "" : " (" + text + ")");
    }
}
