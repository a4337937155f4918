package org.cloudos.hal.host;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.memory.Mmio;

/** How Linux gives a platform device up and gets it again. */
interface Hold {
    /** Nobody has it: there is nothing to do. */
    Hold NONE = new Hold() {
        @Override public String driver() {
            return "";
        }

        @Override public void take() { }

        @Override public void giveBack() { }
    };

    /** Linux's driver, or empty. */
    String driver();

    /** @throws DeviceException {@code BUSY} in use */
    void take() throws DeviceException;

    void giveBack() throws DeviceException;

    /** Whether the device reads and writes memory by itself. */
    default boolean reachesMemory() {
        return false;
    }

    /** Stops what it does to memory. @return false when it does not stop */
    default boolean silence(Mmio registers) {
        return true;
    }

    /** What {@link #take} gave is no longer used, and stays free. */
    default void closed() { }
}
