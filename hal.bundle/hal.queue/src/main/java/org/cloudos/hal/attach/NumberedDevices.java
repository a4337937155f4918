package org.cloudos.hal.attach;

import java.io.IOException;
import java.util.BitSet;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;

/** A driver's devices: each is claimed and numbered, and given back when it can't be driven. Thread-safe. */
public final class NumberedDevices {
    private final BitSet numbers = new BitSet(); // guarded by this

    /** Starts a claimed device. @param <F> what holding it is */
    @FunctionalInterface
    public interface Opening<F> {
        /**
         * @param number the lowest that is free
         * @param closed for the attachment to run when it was closed: the number is free again
         */
        Attachment open(F function, int number, Runnable closed) throws IOException;
    }

    /** @param driver its name */
    public Attachment attach(PciDevice device, String driver, Opening<PciFunction> opening) throws DeviceException {
        PciFunction function = device.claim(driver);
        return attach(function, device.address().toString(), function::close, opening);
    }

    /** @param driver its name */
    public Attachment attach(PlatformDevice device, String driver, Opening<PlatformFunction> opening) throws DeviceException {
        PlatformFunction function = device.claim(driver);
        return attach(function, device.address(), function::close, opening);
    }

    private <F> Attachment attach(F function, String address, Runnable close, Opening<F> opening) throws DeviceException {
        int number = take();
        boolean attached = false;
        try {
            Attachment attachment = opening.open(function, number, () -> give(number));
            attached = true;
            return attachment;
        } catch (DeviceException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            throw new DeviceException(Reason.FAILED, address + ": " + e.getMessage(), e);
        } finally {
            if (!attached) {
                close.run();
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
