package org.cloudos.hal.host;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.device.DeviceFile;

/**
 * The text screen, which Linux's console draws on until it is told that somebody else draws ({@code KD_GRAPHICS}). Told the opposite,
 * it draws what it kept.
 */
final class ScreenHold implements Hold {
    private static final long KDSETMODE = 0x4b3a, KD_TEXT = 0, KD_GRAPHICS = 1;
    private final PlatformWays ways;
    private volatile DeviceFile console;

    ScreenHold(PlatformWays ways) {
        this.ways = ways;
    }

    @Override public String driver() {
        return console == null && !ways.files().names("sys/class/tty").isEmpty() ? "vgacon" : "";
    }

    @Override public void take() throws DeviceException {
        String graphics = graphics(ways.files());
        if (!graphics.isEmpty()) {
            throw new DeviceException(Reason.UNAVAILABLE, "the screen shows graphics: expected text mode, found " + graphics);
        }
        if (console != null) {
            return; // a driver of ours had it, and Linux has not got it back
        }
        DeviceFile file = null;
        try {
            file = ways.devices().open("/dev/tty0");
            file.control(KDSETMODE, KD_GRAPHICS);
            console = file;
            file = null;
        } catch (LinuxException e) {
            throw new DeviceException(Reason.UNAVAILABLE, "the screen: not available here: Linux's console does not let go: " + e.getMessage(), e);
        } finally {
            if (file != null) {
                file.close();
            }
        }
    }

    /** A driver of Linux that draws pixels, or empty. */
    static String graphics(KernelFiles files) {
        for (String folder : new String[] {"sys/class/graphics", "sys/class/drm"}) {
            for (String name : files.names(folder)) {
                if (name.matches("fb\\d+|card\\d+")) {
                    return name + " " + files.text(folder + "/" + name + "/name");
                }
            }
        }
        return "";
    }

    @Override public void giveBack() throws DeviceException {
        DeviceFile held = console;
        console = null;
        if (held == null) {
            return;
        }
        try {
            held.control(KDSETMODE, KD_TEXT);
        } catch (LinuxException e) {
            throw new DeviceException(Reason.FAILED, "Linux's console does not take the screen again: " + e.getMessage(), e);
        } finally {
            held.close();
        }
    }
}
