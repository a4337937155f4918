package org.cloudos.hal.host;

import org.cloudos.hal.DeviceException;

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
}
