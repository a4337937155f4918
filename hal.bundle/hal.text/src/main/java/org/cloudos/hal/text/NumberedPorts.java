package org.cloudos.hal.text;

import java.util.BitSet;
import java.util.function.Function;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;

/** A driver's serial ports: each is claimed, numbered and offered, and given back when it ends or can't be driven. Thread-safe. */
public final class NumberedPorts {
    private final String prefix;
    private final Function<PolledSerial, Runnable> offer;
    private final BitSet numbers = new BitSet(); // guarded by this

    /** Drives a claimed port. */
    @FunctionalInterface
    public interface Opening {
        PolledSerial open(PlatformFunction function, String name) throws DeviceException;
    }

    /**
     * No port yet.
     *
     * @param prefix of the ports' names
     * @param offer  lets others use a port; what it returns ends that
     */
    public NumberedPorts(String prefix, Function<PolledSerial, Runnable> offer) {
        this.prefix = prefix;
        this.offer = offer;
    }

    /** @param driver its name */
    public Attachment attach(PlatformDevice device, String driver, Opening opening) throws DeviceException {
        PlatformFunction function = device.claim(driver);
        int number = take();
        boolean attached = false;
        try {
            PolledSerial port = opening.open(function, prefix + number);
            Runnable offered = offer.apply(port);
            attached = true;
            return new CharAttachment(port, () -> "ok", () -> {
                offered.run();
                port.end();
                end(function, number);
            });
        } finally {
            if (!attached) {
                end(function, number);
            }
        }
    }

    private synchronized int take() {
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        return number;
    }

    private void end(PlatformFunction function, int number) {
        function.close();
        synchronized (this) {
            numbers.clear(number);
        }
    }
}
