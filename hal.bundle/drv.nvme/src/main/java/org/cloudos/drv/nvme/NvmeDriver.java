package org.cloudos.drv.nvme;

import java.io.IOException;
import java.util.BitSet;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PciDriver;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives controllers of the class NVM Express, whoever made them. */
@Component(property = "cloudos.gate:Boolean=false")
public final class NvmeDriver implements PciDriver {
    private static final int NVM_EXPRESS = 0x010802;

    private final BundleContext context;
    private final BitSet numbers = new BitSet(); // guarded by itself

    @Activate public NvmeDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "nvme";
    }

    @Override public int match(PciDevice device) {
        return device.identity().classCode() == NVM_EXPRESS ? CLASS : NONE;
    }

    @Override public Attachment attach(PciDevice device) throws DeviceException {
        PciFunction function = device.claim(name());
        int number = take();
        boolean attached = false;
        try {
            Attachment attachment = new NvmeDisks(context, function, new Controller(function, "nvme" + number), () -> give(number));
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

    private int take() {
        synchronized (numbers) {
            int number = numbers.nextClearBit(0);
            numbers.set(number);
            return number;
        }
    }

    private void give(int number) {
        synchronized (numbers) {
            numbers.clear(number);
        }
    }
}
