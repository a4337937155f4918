package org.cloudos.drv.ps2;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.machine.PortRange;

/**
 * The i8042 and the keyboard behind it: IBM PS/2 Hardware Interface Technical Reference, "Keyboard and Auxiliary Device Controller". Whatever they
 * answer, a wait ends. For one thread at a time.
 */
final class KeyboardController {
    /** Of the status. */
    private static final int FULL = 1, BUSY = 1 << 1, FROM_MOUSE = 1 << 5;
    /** Commands to the controller. */
    private static final int READ_MODE = 0x20, WRITE_MODE = 0x60, MOUSE_OFF = 0xa7, MOUSE_ON = 0xa8, TEST = 0xaa, TEST_LINE = 0xab, KEYBOARD_OFF = 0xad,
            KEYBOARD_ON = 0xae;
    /** Of its mode. */
    private static final int KEYBOARD_INTERRUPT = 1, MOUSE_INTERRUPT = 1 << 1, KEYBOARD_CLOCK_OFF = 1 << 4, TRANSLATE = 1 << 6;
    private static final int TEST_PASSED = 0x55;
    /** Commands to the keyboard, and what it says. */
    private static final int LIGHTS = 0xed, SCANCODES = 0xf0, SCAN = 0xf4, RESET = 0xff, DONE = 0xfa, AGAIN = 0xfe, SELF_TEST_PASSED = 0xaa;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(2), PAUSE_NS = 50_000;
    private static final int MOST = 64, TRIES = 3;

    private final PortRange data;
    private final PortRange control;
    private final IntConsumer keys; // takes scancodes that come between answers
    private final int modeBefore;

    /** Starts both: the controller tells no interrupt, the keyboard sends scancodes of set 2 as they are. */
    KeyboardController(PortRange data, PortRange control, IntConsumer keys) throws DeviceException {
        this.data = data;
        this.control = control;
        this.keys = keys;
        command(KEYBOARD_OFF);
        command(MOUSE_OFF);
        drain();
        command(READ_MODE);
        modeBefore = answer("its mode");
        command(TEST);
        expect("self-test", TEST_PASSED);
        command(TEST_LINE);
        expect("the keyboard's line", 0);
        mode(modeBefore & ~(KEYBOARD_INTERRUPT | MOUSE_INTERRUPT | TRANSLATE | KEYBOARD_CLOCK_OFF));
        command(KEYBOARD_ON);
        tell(RESET);
        expect("the keyboard's self-test", SELF_TEST_PASSED);
        scancodes(2);
        tell(SCAN);
    }

    private void drain() throws DeviceException {
        for (int i = 0; i < MOST && (control.read8(0) & FULL) != 0; i++) {
            data.read8(0);
        }
    }

    private void mode(int mode) throws DeviceException {
        command(WRITE_MODE);
        write(mode);
    }

    private void command(int command) throws DeviceException {
        awaitRoom();
        control.write8(0, command);
    }

    private void write(int value) throws DeviceException {
        awaitRoom();
        data.write8(0, value);
    }

    private void awaitRoom() throws DeviceException {
        long limit = System.nanoTime() + LIMIT_NS;
        while ((control.read8(0) & BUSY) != 0) {
            pause(limit, "that it takes a command");
        }
    }

    private static void pause(long limit, String what) throws DeviceException {
        if (System.nanoTime() > limit) {
            throw new DeviceException(Reason.TIMED_OUT, "keyboard controller: expected " + what + " within 2 s; is there one?");
        }
        LockSupport.parkNanos(PAUSE_NS);
    }

    private int answer(String what) throws DeviceException {
        long limit = System.nanoTime() + LIMIT_NS;
        while (true) {
            int status = control.read8(0);
            if ((status & FULL) != 0) {
                int value = data.read8(0);
                if ((status & FROM_MOUSE) == 0) {
                    return value;
                }
            } else {
                pause(limit, what);
            }
        }
    }

    private void expect(String what, int expected) throws DeviceException {
        int found = answer(what);
        if (found != expected) {
            throw new DeviceException(Reason.FAILED, String.format("keyboard controller: %s: expected %02x, found %02x", what, expected, found));
        }
    }

    /** Sends a byte to the keyboard until it takes it; keys that are pressed meanwhile are not lost. */
    private void tell(int value) throws DeviceException {
        for (int i = 0; i < TRIES; i++) {
            write(value);
            int found = answer("the keyboard's word");
            for (int other = 0; found != DONE && found != AGAIN && other < MOST; other++) {
                keys.accept(found);
                found = answer("the keyboard's word");
            }
            if (found == DONE) {
                return;
            }
        }
        throw new DeviceException(Reason.FAILED, String.format("keyboard: expected that it takes %02x, found that it asks for it again and again", value));
    }

    /** @param set 1 or 2 */
    void scancodes(int set) throws DeviceException {
        tell(SCANCODES);
        tell(set);
    }

    /** @param lights 1 scroll lock, 2 num lock, 4 caps lock */
    void lights(int lights) throws DeviceException {
        tell(LIGHTS);
        tell(lights);
    }

    /** A byte of the keyboard, or -1. What a mouse sends is dropped. */
    int poll() throws DeviceException {
        int status = control.read8(0);
        if (status == 0xff || (status & FULL) == 0) {
            return -1; // all ones: nobody answers
        }
        int value = data.read8(0);
        return (status & FROM_MOUSE) == 0 ? value : -1;
    }

    /** Leaves it as it was found. */
    void end() throws DeviceException {
        command(KEYBOARD_OFF);
        drain();
        mode(modeBefore);
        command(KEYBOARD_ON);
        command(MOUSE_ON);
    }
}
