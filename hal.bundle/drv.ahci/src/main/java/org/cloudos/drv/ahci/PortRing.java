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
 */
final class PortRing implements RequestQueue.Ring {
    private static final int MOST_ATTENTIONS = 4;

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
    private int active;             // bits of slots that the device has
    private boolean activeQueued;
    private int suspects;           // of which one failed: they go one by one
    private int attentions;
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
            active |= mask;
            port.issue(mask, activeQueued);
        }
    }

    @Override public int poll(Ends ends) {
        if (active == 0) {
            return 0;
        }
        int causes = port.causes(controller);
        if (causes == 0 || causes == -1) {
            return 0;
        }
        int found = finish(active & ~port.pending(activeQueued), ends);
        return (causes & Registers.ERRORS) == 0 ? found : found + recover(ends);
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
        first = waiting = active = suspects = attentions = 0;
    }

    long errors() {
        return errors;
    }

    /** Why the last failed, in the device's words. */
    String words() {
        return words;
    }

    @Override public void await(long nanos) throws InterruptedException {
        if (port.arm()) {
            interrupt.await(nanos);
        }
        port.disarm();
    }

    @Override public void wake() {
        interrupt.wake();
    }

    @Override public void free() {
        port.free();
    }
}
