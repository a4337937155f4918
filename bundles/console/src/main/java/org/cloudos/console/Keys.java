package org.cloudos.console;

import java.io.InputStream;
import java.util.concurrent.ArrayBlockingQueue;

/** What all keyboards and the screen's own answers say, in the order in which it comes. Thread-safe. */
final class Keys extends InputStream {
    private static final byte[] END = {};
    private static final int WAITING = 1024;
    private final ArrayBlockingQueue<byte[]> queue = new ArrayBlockingQueue<>(WAITING);
    private byte[] now = END; // the reader's
    private int at;

    /** Takes bytes; drops them when nobody has read for long. */
    void add(byte[] bytes) {
        if (bytes.length > 0 && !queue.offer(bytes)) {
            queue.poll();
            queue.offer(bytes);
        }
    }

    /** The reader gets an end. */
    void end() {
        while (!queue.offer(END)) {
            queue.poll();
        }
    }

    private boolean fill() throws java.io.InterruptedIOException {
        if (at < now.length) {
            return true;
        }
        try {
            now = queue.take();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException();
        }
        at = 0;
        return now.length > 0;
    }

    @Override public int read() throws java.io.IOException {
        return fill() ? now[at++] & 0xff : -1;
    }

    @Override public int read(byte[] into, int offset, int length) throws java.io.IOException {
        if (length == 0) {
            return 0;
        }
        if (!fill()) {
            return -1;
        }
        int n = Math.min(length, now.length - at);
        System.arraycopy(now, at, into, offset, n);
        at += n;
        return n;
    }

    @Override public int available() {
        return now.length - at;
    }
}
