package org.cloudos.drv.ps2;

import java.util.Hashtable;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.Keyboard;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.text.CharAttachment;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives the keyboard controller of a PC: there is one. */
@Component(property = "cloudos.gate:Boolean=false")
public final class Ps2Driver implements PlatformDriver {
    /** Property of the framework: the layout to begin with. */
    private static final String LAYOUT = "cloudos.keyboard";
    private final BundleContext context;

    @Activate public Ps2Driver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "ps2";
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains("i8042") ? DEVICE : NONE;
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        PlatformFunction function = device.claim(name());
        boolean attached = false;
        try {
            String layout = context.getProperty(LAYOUT);
            Ps2Keyboard keyboard = new Ps2Keyboard(function.ports(0), function.ports(1), "kbd0", layout == null ? "us" : layout);
            ServiceRegistration<?> registration = context.registerService(new String[] {CharDevice.class.getName(), Keyboard.class.getName()}, keyboard,
                    new Hashtable<>(Map.of(CharDevice.NAME, keyboard.name(), "cloudos.gate", false)));
            attached = true;
            return new CharAttachment(keyboard, keyboard::condition, () -> {
                registration.unregister();
                keyboard.close();
                function.close();
            });
        } finally {
            if (!attached) {
                function.close();
            }
        }
    }
}
