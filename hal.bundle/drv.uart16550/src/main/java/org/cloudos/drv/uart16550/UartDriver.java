package org.cloudos.drv.uart16550;

import java.util.BitSet;
import java.util.Hashtable;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.SerialPort;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.text.CharAttachment;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives the serial ports of a PC that Linux does not use: not its console. */
@Component(property = "cloudos.gate:Boolean=false")
public final class UartDriver implements PlatformDriver {
    private final BundleContext context;
    private final BitSet numbers = new BitSet(); // guarded by itself

    @Activate public UartDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "uart16550";
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains("PNP0501") ? DEVICE : NONE;
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        PlatformFunction function = device.claim(name());
        int number = take();
        boolean attached = false;
        try {
            Uart port = new Uart(function.ports(0), "serial" + number);
            ServiceRegistration<?> registration = context.registerService(new String[] {CharDevice.class.getName(), SerialPort.class.getName()}, port,
                    new Hashtable<>(Map.of(CharDevice.NAME, port.name(), "cloudos.gate", false)));
            attached = true;
            return new CharAttachment(port, () -> "ok", () -> {
                registration.unregister();
                port.close();
                function.close();
                free(number);
            });
        } finally {
            if (!attached) {
                function.close();
                free(number);
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

    private void free(int number) {
        synchronized (numbers) {
            numbers.clear(number);
        }
    }
}
