package org.cloudos.hal.text;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.driver.Attachment;

/**
 * A character device that a driver drives.
 *
 * @param state {@code ok}, or what is wrong
 * @param end   ends its service and gives the device back
 */
public record CharAttachment(CharDevice device, Supplier<String> state, Runnable end) implements Attachment {
    @Override public String description() {
        return device.description();
    }

    @Override public String offers() {
        return device.name();
    }

    @Override public String condition() {
        return state.get();
    }

    @Override public Map<String, Long> counters() {
        CharDevice.Counters c = device.counters();
        Map<String, Long> counters = new LinkedHashMap<>();
        counters.put("bytes read", c.read());
        counters.put("bytes written", c.written());
        counters.put("bytes lost", c.lost());
        counters.put("errors", c.errors());
        return counters;
    }

    @Override public void close() {
        end.run();
    }
}
