package org.cloudos.hal.character;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** A screen of characters that understands a terminal's control sequences (type {@code xterm}). What is read from it are its answers. */
@ConsumerType
public interface TextScreen extends CharDevice {
    int columns();

    int rows();

    /** What it shows, a line a row, without spaces at the ends. */
    String text();

    /** Whether programs asked for the other cursor keys: {@code ESC O A} instead of {@code ESC [ A}. */
    boolean isApplicationKeys();

    /** Shape and presence of the cursor: scan lines of a cell; first over last hides it. */
    void cursor(int firstScanLine, int lastScanLine) throws DeviceException;
}
