package org.cloudos.hal.text;

import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.Keyboard;

/** A keyboard whose driver tells keys by Linux's numbers. Thread-safe. */
public abstract class TypedKeyboard implements Keyboard {
    private static final int CAPACITY = 1024;
    private final String name;
    private final ByteQueue queue = new ByteQueue(CAPACITY);
    private final KeyText keys; // guarded by this, as all below
    private long errors;

    protected TypedKeyboard(String name, String layout) {
        this.name = name;
        keys = new KeyText(Layout.of(layout));
    }

    /** A key was pressed, or let go (below 0); 0 is none. */
    protected final synchronized void key(int key) {
        String text = keys.next(key);
        if (!text.isEmpty()) {
            queue.add(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Lights as {@link KeyText#lights} has them. */
    protected final synchronized int lights() {
        return keys.lights();
    }

    /** The device said what it must not. */
    protected final synchronized void error() {
        errors++;
    }

    /** Readers get the device's end. */
    protected final void end() {
        queue.end();
    }

    @Override public final String name() {
        return name;
    }

    @Override public final int read(MemorySegment into) throws DeviceException, InterruptedException {
        return queue.read(into, name);
    }

    @Override public final int available() {
        return queue.available();
    }

    @Override public final void write(MemorySegment from) throws DeviceException {
        throw new DeviceException(Reason.ABSENT, name + ": nothing can be written to a keyboard");
    }

    @Override public final List<String> layouts() {
        return Layout.names();
    }

    @Override public final synchronized String layout() {
        return keys.layout().name();
    }

    @Override public final synchronized void layout(String layout) throws DeviceException {
        try {
            keys.layout(Layout.of(layout));
        } catch (IllegalArgumentException e) {
            throw new DeviceException(Reason.ABSENT, name + ": " + e.getMessage(), e);
        }
    }

    @Override public final Counters counters() {
        long wrong;
        synchronized (this) {
            wrong = errors;
        }
        return new Counters(queue.taken(), 0, queue.lost(), wrong);
    }
}
