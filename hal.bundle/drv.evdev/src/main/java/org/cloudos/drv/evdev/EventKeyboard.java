package org.cloudos.drv.evdev;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.text.TypedKeyboard;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/** A keyboard whose keys Linux tells: linux/input.h. struct input_event: 0 time(16) · 16 type(2) · 18 code(2) · 20 value(4). */
final class EventKeyboard extends TypedKeyboard {
    private static final int SIZE = 24, TYPE = 16, CODE = 18, VALUE = 20, BATCH = 64, KEYS = 1, SYNC = 0, DROPPED = 3, RELEASED = 0;
    private static final long GRAB = 0x40044590L; // nobody else gets its keys, Linux's own terminal above all
    private static final long WAIT_NS = TimeUnit.SECONDS.toNanos(5);

    private final DeviceFile file;
    private final String description;
    private final Thread thread;
    private volatile boolean ended;
    private volatile String condition = "ok";

    EventKeyboard(DeviceFile file, String name, String description, String layout) throws LinuxException {
        super(name, layout);
        this.file = file;
        this.description = description;
        file.control(GRAB, 1);
        thread = Thread.ofPlatform().daemon().name(name).start(this::look);
    }

    private void look() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment events = arena.allocate(SIZE * BATCH, 8);
            while (!ended) {
                if (file.await(WAIT_NS)) {
                    long length = file.next(events);
                    for (long at = 0; at + SIZE <= length; at += SIZE) {
                        event(events.asSlice(at, SIZE));
                    }
                }
            }
        } catch (LinuxException e) {
            condition = "gone"; // pulled out: Linux tells by an error
            end();
        }
    }

    private void event(MemorySegment event) {
        int type = Short.toUnsignedInt(event.get(ValueLayout.JAVA_SHORT, TYPE)), code = Short.toUnsignedInt(event.get(ValueLayout.JAVA_SHORT, CODE));
        if (type == KEYS) {
            key(event.get(ValueLayout.JAVA_INT, VALUE) == RELEASED ? -code : code);
        } else if (type == SYNC && code == DROPPED) {
            error();
        }
    }

    String condition() {
        return condition;
    }

    @Override public String description() {
        return description + ", layout " + layout();
    }

    @Override public void scancodes(int set) throws DeviceException {
        throw new DeviceException(Reason.ABSENT, name() + ": Linux reads its scancodes");
    }

    void close() {
        ended = true;
        file.wake();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        end();
        file.close();
    }
}
