package org.cloudos.hal.character;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ConsumerType;

/** A serial line. */
@ConsumerType
public interface SerialPort extends CharDevice {
    /** Parity bits. */
    enum Parity { NONE, EVEN, ODD }

    /**
     * How bytes are on the line.
     *
     * @param baud     bits a second
     * @param dataBits 5 to 8
     * @param stopBits 1 or 2
     */
    record Line(int baud, int dataBits, Parity parity, int stopBits) {
        public Line {
            if (baud <= 0 || dataBits < 5 || dataBits > 8 || stopBits < 1 || stopBits > 2) {
                throw new IllegalArgumentException("line: expected a rate over 0, 5 to 8 data bits, 1 or 2 stop bits, found " + baud + ", " + dataBits
                        + ", " + stopBits);
            }
        }
    }

    Line line();

    /** @throws DeviceException {@code ABSENT} a rate that the device can't make */
    void line(Line line) throws DeviceException;
}
