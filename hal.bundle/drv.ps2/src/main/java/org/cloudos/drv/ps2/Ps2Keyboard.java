package org.cloudos.drv.ps2;

import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;
import org.cloudos.hal.text.Scancodes;
import org.cloudos.hal.text.TypedKeyboard;

/**
 * A PS/2 keyboard. Its interrupt is not for programs, so a thread looks every 8 ms: no later than a person notices, and the keyboard
 * keeps 16 bytes meanwhile.
 */
final class Ps2Keyboard extends TypedKeyboard {
    private static final long PAUSE_MS = 8;
    private final Thread thread;
    private final KeyboardController controller; // its calls under this
    private Scancodes codes = new Scancodes(2);
    private int set = 2;
    private int lights;
    private volatile String condition = "ok";

    Ps2Keyboard(PortRange data, PortRange control, String name, String layout) throws DeviceException {
        super(name, layout);
        controller = new KeyboardController(data, control, this::scancode);
        thread = Thread.ofPlatform().daemon().name(name).start(this::look);
    }

    private void look() {
        try {
            while (true) {
                Thread.sleep(PAUSE_MS);
                take();
            }
        } catch (InterruptedException e) {
            return; // the end
        } catch (DeviceException e) {
            condition = "failed";
            error();
            end();
        }
    }

    private synchronized void take() throws DeviceException {
        for (int value = controller.poll(); value >= 0; value = controller.poll()) {
            scancode(value);
        }
        int now = lights();
        if (now != lights) {
            lights = now;
            controller.lights(now);
        }
    }

    private void scancode(int value) {
        key(codes.next(value));
    }

    String condition() {
        return condition;
    }

    @Override public String description() {
        return "PS/2 keyboard, scancode set " + set + ", layout " + layout();
    }

    @Override public synchronized void scancodes(int number) throws DeviceException {
        if (number != 1 && number != 2) {
            throw new DeviceException(Reason.ABSENT, name() + ": expected scancode set 1 or 2, found " + number);
        }
        controller.scancodes(number);
        set = number;
        codes = new Scancodes(number);
    }

    void close() {
        thread.interrupt();
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join(TimeUnit.SECONDS.toMillis(1));
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        end();
        synchronized (this) {
            try {
                controller.end();
            } catch (DeviceException e) {
                condition = "failed"; // it does not answer: Linux finds it as it is
            }
        }
    }
}
