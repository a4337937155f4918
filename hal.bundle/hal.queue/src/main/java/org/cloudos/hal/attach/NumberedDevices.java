package org.cloudos.hal.attach;

import java.io.IOException;
import java.util.BitSet;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;

/** A driver's devices: each is claimed and numbered, and given back when it can't be driven. Thread-safe. */
public final class NumberedDevices {
    private final BitSet numbers = new BitSet(); // guarded by this

    /** Starts a claimed device. */
    @FunctionalInterface
    public interface Opening {
        /**
         * @param number the lowest that is free
         * @param closed for the attachment to run when it was closed: the number is free again
         */
        Attachment open(PciFunction function, int number, Runnable closed) throws IOException;
    }

    /** @param driver its name */
    public Attachment attach(PciDevice device, String driver, Opening opening) throws DeviceException {
        PciFunction function = device.claim(driver);
        int number = take();
        boolean attached = false;
        try {
            Attachment attachment = opening.open(function, number, () -> give(number));
            attached = true;
            return attachment;
        } catch (DeviceException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new DeviceException(Reason.FAILED, device.address() + ": " + e.getMessage(), e);
        } finally {
            if (!attached) {
                function.close();
                give(number);
            }
        }
    }

    private synchronized int take() {
        int number = numbers.nextClearBit(0);
        numbers.set(number);
        return number;
    }

    private synchronized void give(int number) {
        numbers.clear(number);
    }
}
