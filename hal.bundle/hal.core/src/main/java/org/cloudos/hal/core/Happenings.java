package org.cloudos.hal.core;

import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiConsumer;
import org.cloudos.hal.driver.DeviceEvent;
import org.cloudos.hal.driver.DeviceListener;

/** What happened to devices: the last of it is kept, listeners are told. Thread-safe. */
final class Happenings {
    private static final int KEPT = 256;
    private final InstantSource clock;
    private final BiConsumer<String, Throwable> log;
    private final ArrayDeque<DeviceEvent> last = new ArrayDeque<>(); // guarded by this
    private final List<DeviceListener> listeners = new CopyOnWriteArrayList<>();

    Happenings(InstantSource clock, BiConsumer<String, Throwable> log) {
        this.clock = clock;
        this.log = log;
    }

    void add(DeviceListener listener) {
        listeners.add(listener);
    }

    void remove(DeviceListener listener) {
        listeners.remove(listener);
    }

    void tell(String address, String what, String detail) {
        DeviceEvent event = new DeviceEvent(clock.instant(), address, what, detail);
        synchronized (this) {
            if (last.size() == KEPT) {
                last.removeFirst();
            }
            last.addLast(event);
        }
        for (DeviceListener listener : listeners) {
            try {
                listener.happened(event);
            } catch (RuntimeException e) {
                log.accept("a listener failed at " + event, e);
            }
        }
    }

    synchronized List<DeviceEvent> last() {
        return List.copyOf(last);
    }
}
