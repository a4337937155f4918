package org.cloudos.drv.ahci;

import java.util.function.Consumer;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.Slots;

/**
 * A port's slots. Queued commands run together; every other one runs alone, as ATA wants it. An error stops the port: the command that the device
 * names, or that ran alone, ends with it; the others go again. Where the device doesn't name it, they go one by one until it is found.
 *
 * <p>Each access of a register takes long, in a virtual machine most of all. So the ends of queued commands are seen in memory, where the device puts
 * what it says (Set Device Bits); a command that runs alone costs the two writes that begin it. Registers are asked when the device said something
 * that doesn't tell all, and when it interrupted without having said anything: errors.
 */
final class PortRing implements RequestQueue.Ring {
    private static final int MOST_ATTENTIONS = 4, MOST_ASKS = 16;

    private final Port port;
    private final Mmio controller;
    private final CommandSet commands;
    private final Interrupt interrupt;
    private final int depth;
    private final Consumer<DeviceException> broken;
    private final boolean[] queued; // by slot
    private final int[] order;      // slots that the device does not have yet
    private int first;
    private int waiting;
    private volatile int active;    // bits of slots that the device has
    private volatile boolean activeQueued;
    private int suspects;           // of which one failed: they go one by one
    private int attentions;
    /** How often registers are still to be asked; the waiting thread sets it too: one that is lost is asked for by the next interrupt. */
    private volatile int asks;
    private long errors;
    private volatile String words = "";

    PortRing(Port port, Mmio controller, CommandSet commands, Interrupt interrupt, int depth, Consumer<DeviceException> broken) {
        this.port = port;
        this.controller = controller;
        this.commands = commands;
        this.interrupt = interrupt;
        this.depth = depth;
        this.broken = broken;
        queued = new boolean[Port.SLOTS];
        order = new int[Port.SLOTS];
    }

    @Override public int depth() {
        return depth;
    }

    @Override public void issue(int slot, Slots slots, long address) {
        queued[slot] = commands.write(port, slot, slots, address);
        add(slot);
    }

    private void add(int slot) {
        order[(first + waiting++) % order.length] = slot;
    }

    @Override public void ring() {
        int mask = 0;
        while (waiting > 0) {
            int slot = order[first];
            if ((active | mask) != 0 && (!queued[slot] || !activeQueued || suspects != 0)) {
                break;
            }
            first = (first + 1) % order.length;
            waiting--;
            mask |= 1 << slot;
            activeQueued = queued[slot];
        }
        if (mask != 0) {
            if (active == 0) {
                port.clearTold(); // what is said from now on is these commands'
            }
            active |= mask;
            port.issue(mask, activeQueued);
        }
    }

    @Override public int poll(Ends ends) {
        if (active == 0) {
            return 0;
        }
        if (activeQueued && asks == 0) {
            return told(ends);
        }
        asks = Math.max(0, asks - 1);
        int causes = port.causes(controller);
        if (causes == -1 || causes == 0 && asks == 0) {
            return 0;
        }
        port.forget();
        int found = finish(active & ~port.pending(activeQueued), ends);
        if (found > 0) {
            asks = 0;
        }
        return (causes & Registers.ERRORS) == 0 ? found : found + recover(ends);
    }

    /** What the device put into memory: of one command all, of several that there is something to ask for, since a later word replaces an earlier one. */
    private int told(Ends ends) {
        int bits = port.told();
        if (bits == 0) {
            return 0;
        }
        boolean good = port.toldGood();
        port.forget(); // what is said from now on is seen again
        int done = good && Integer.bitCount(active) == 1 ? bits : ~port.pending(true);
        int found = finish(active & done, ends);
        if (found == 0 || !good) {
            asks = MOST_ASKS; // memory may be ahead of the registers
        }
        return found;
    }

    private int finish(int done, Ends ends) {
        active &= ~done;
        suspects &= ~done;
        int found = 0;
        for (int left = done; left != 0; left &= left - 1) {
            ends.ended(Integer.numberOfTrailingZeros(left), BlockStatus.OK);
            found++;
        }
        return found;
    }

    private int recover(Ends ends) {
        int had = active;
        int error = port.taskFile() >>> 8 & 0xff;
        int culprit = Integer.bitCount(had) == 1 ? Integer.numberOfTrailingZeros(had) : -1;
        errors++;
        try {
            port.restart();
            active = 0;
            if (had != 0 && activeQueued) {
                QueuedError told = QueuedError.read(port);
                if (culprit < 0 && told.tag() >= 0 && (had & 1 << told.tag()) != 0) {
                    culprit = told.tag();
                    error = told.error();
                }
            }
            CommandSet.Verdict verdict = culprit < 0 ? null : commands.verdict(port, error);
            boolean again = verdict == null || verdict.again() && ++attentions <= MOST_ATTENTIONS;
            suspects = culprit < 0 ? had : suspects & ~(1 << culprit);
            requeue(again ? had : had & ~(1 << culprit));
            if (again) {
                return 0;
            }
            attentions = 0;
            words = verdict.words();
            ends.ended(culprit, verdict.status());
            return 1;
        } catch (DeviceException e) {
            words = e.getMessage();
            afresh(e, had);
            return 0;
        }
    }

    /** The last means: a reset of the link. What fails again and again after it is late in the end. */
    private void afresh(DeviceException why, int had) {
        try {
            if (why.reason() != DeviceException.Reason.TIMED_OUT) {
                throw why;
            }
            port.reset();
            active = 0;
            suspects = 0;
            requeue(had);
        } catch (DeviceException e) {
            broken.accept(e);
        }
    }

    private void requeue(int mask) {
        for (int left = mask; left != 0; left &= left - 1) {
            int slot = Integer.numberOfTrailingZeros(left);
            port.again(slot);
            add(slot);
        }
    }

    /** The device has forgotten all. Holds the queue's lock. */
    void clear() {
        first = waiting = active = suspects = attentions = asks = 0;
    }

    long errors() {
        return errors;
    }

    /** Why the last failed, in the device's words. */
    String words() {
        return words;
    }

    @Override public void await(long nanos) throws InterruptedException {
        if (asks == 0 && port.arm(controller, activeQueued ? active : 0)) {
            interrupt.await(nanos);
        }
        port.disarm();
        if (port.told() == 0) {
            asks = Math.max(asks, 1);
        }
    }

    @Override public void wake() {
        interrupt.wake();
    }

    @Override public void free() {
        port.free();
    }
}
