package org.cloudos.drv.pl011;

import java.util.Hashtable;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.SerialPort;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.text.NumberedPorts;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives ARM's serial ports that Linux does not use: not its console. */
@Component(property = "cloudos.gate:Boolean=false")
public final class Pl011Driver implements PlatformDriver {
    private final BundleContext context;
    private final NumberedPorts ports = new NumberedPorts("amba", this::offer);

    @Activate public Pl011Driver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "pl011";
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains("arm,pl011") ? DEVICE : NONE;
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        return ports.attach(device, name(), (function, name) -> new Pl011(function.registers(0), name));
    }

    private Runnable offer(SerialPort port) {
        ServiceRegistration<?> registration = context.registerService(new String[] {CharDevice.class.getName(), SerialPort.class.getName()}, port,
                new Hashtable<>(Map.of(CharDevice.NAME, port.name(), "cloudos.gate", false)));
        return registration::unregister;
    }
}
