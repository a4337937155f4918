package org.cloudos.drv.vga;

import java.util.Hashtable;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.TextScreen;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.text.CharAttachment;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Drives the text screen of a PC: there is one. */
@Component(property = "cloudos.gate:Boolean=false")
public final class VgaDriver implements PlatformDriver {
    private final BundleContext context;

    @Activate public VgaDriver(BundleContext context) {
        this.context = context;
    }

    @Override public String name() {
        return "vga";
    }

    @Override public int match(PlatformDevice device) {
        return device.ids().contains("vga-text") ? DEVICE : NONE;
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        PlatformFunction function = device.claim(name());
        boolean attached = false;
        try {
            VgaScreen screen = new VgaScreen(function, "vga0");
            ServiceRegistration<?> registration = context.registerService(new String[] {CharDevice.class.getName(), TextScreen.class.getName()}, screen,
                    new Hashtable<>(Map.of(CharDevice.NAME, screen.name(), "cloudos.gate", false)));
            attached = true;
            return new CharAttachment(screen, () -> "ok", () -> {
                registration.unregister();
                screen.end();
                function.close();
            });
        } finally {
            if (!attached) {
                function.close();
            }
        }
    }
}
