package org.cloudos.drv.evdev;

import java.util.BitSet;
import java.util.Hashtable;
import java.util.Map;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.character.CharDevice;
import org.cloudos.hal.character.Keyboard;
import org.cloudos.hal.driver.Attachment;
import org.cloudos.hal.driver.PlatformDriver;
import org.cloudos.hal.platform.PlatformDevice;
import org.cloudos.hal.platform.PlatformFunction;
import org.cloudos.hal.text.CharAttachment;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;
import org.cloudos.linux.device.Devices;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Offers keyboards that a driver of Linux drives, whatever they are on. */
@Component(property = "cloudos.gate:Boolean=false")
public final class EventDriver implements PlatformDriver {
    /** Property of the framework: the layout to begin with. */
    private static final String LAYOUT = "cloudos.keyboard";
    private final BundleContext context;
    private final Devices devices;
    private final BitSet numbers = new BitSet(); // guarded by itself

    @Activate public EventDriver(BundleContext context, @Reference Devices devices) {
        this.context = context;
        this.devices = devices;
        for (String module : new String[] {"evdev", "virtio_input"}) {
            try {
                devices.loadModule(module);
            } catch (LinuxException e) {
                continue; // this machine has none, or Linux's own tools loaded it
            }
        }
    }

    @Override public String name() {
        return "evdev";
    }

    /** But the keyboard that a driver of ours drives by its registers. */
    @Override public int match(PlatformDevice device) {
        return device.ids().contains("evdev-keyboard") && !device.kind().startsWith("AT ") ? CLASS : NONE;
    }

    @Override public Attachment attach(PlatformDevice device) throws DeviceException {
        PlatformFunction function = device.claim(name());
        int number;
        synchronized (numbers) {
            number = numbers.nextClearBit(1); // 0 is the PS/2 keyboard's
            numbers.set(number);
        }
        DeviceFile file = null;
        boolean attached = false;
        try {
            String layout = context.getProperty(LAYOUT);
            file = devices.open(device.file());
            EventKeyboard keyboard = new EventKeyboard(file, "kbd" + number, device.kind(), layout == null ? "us" : layout);
            ServiceRegistration<?> registration = context.registerService(new String[] {CharDevice.class.getName(), Keyboard.class.getName()}, keyboard,
                    new Hashtable<>(Map.of(CharDevice.NAME, keyboard.name(), "cloudos.gate", false)));
            attached = true;
            return new CharAttachment(keyboard, keyboard::condition, () -> {
                registration.unregister();
                keyboard.close();
                function.close();
                free(number);
            });
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, device.address() + ": expected the right to read " + device.file() + ": " + e.getMessage(), e);
        } finally {
            if (!attached) {
                if (file != null) {
                    file.close();
                }
                function.close();
                free(number);
            }
        }
    }

    private void free(int number) {
        synchronized (numbers) {
            numbers.clear(number);
        }
    }
}
