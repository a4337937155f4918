package org.cloudos.hal.character;

import java.util.List;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** A keyboard. Read as {@link CharDevice} it gives what a terminal of type {@code xterm} sends, in UTF-8. */
@ConsumerType
public interface Keyboard extends CharDevice {
    /** Names that {@link #layout(String)} takes. */
    List<String> layouts();

    String layout();

    /** @throws DeviceException {@code ABSENT} no such layout: the message names those there are */
    void layout(String name) throws DeviceException;

    /**
     * Chooses what the keyboard sends.
     *
     * @param set 1 or 2 (PS/2)
     * @throws DeviceException {@code ABSENT} one that has no such choice; or the device's failure
     */
    void scancodes(int set) throws DeviceException;
}
