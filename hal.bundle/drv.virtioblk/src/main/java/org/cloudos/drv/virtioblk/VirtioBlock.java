package org.cloudos.drv.virtioblk;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.QueuedDevice;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.SharedInterrupt;
import org.cloudos.hal.queue.SharedQueue;
import org.cloudos.hal.queue.Slots;
import org.cloudos.hal.queue.Traffic;
import org.cloudos.hal.queue.Usability;
import org.cloudos.hal.virtio.Feature;
import org.cloudos.hal.virtio.VirtQueue;
import org.cloudos.hal.virtio.VirtioDevice;

/**
 * A device and its queues, which all exist from the start: a virtio device takes new ones only after a reset. What it doesn't answer in
 * time is submitted again after a reset.
 */
final class VirtioBlock implements RequestQueue.Health, QueuedDevice.Hardware {
    private static final int ENTRIES = 128, MOST_QUEUES = 16;
    private static final long WANTED = Feature.VERSION_1 | Feature.INDIRECT | Feature.EVENT_INDEX | Feature.PACKED | Configuration.SIZE_MAX
            | Configuration.SEG_MAX | Configuration.READ_ONLY | Configuration.BLOCK_SIZE | Configuration.FLUSH | Configuration.TOPOLOGY
            | Configuration.QUEUES | Configuration.DISCARD | Configuration.WRITE_ZEROES;

    private final String name;
    private final VirtioDevice device;
    private final long features;
    private final List<Interrupt> interrupts;
    private final AtomicLong errors = new AtomicLong();
    private final Traffic traffic = new Traffic();
    private final AtomicLong resets = new AtomicLong();
    private final RequestQueue[] queues; // guarded by this, as the three below
    private final BlockRing[] rings;
    private final boolean[] taken; // but the last, which is shared
    private SharedQueue shared;    // there all take turns for whom no queue was left
    private volatile Configuration configuration;
    private volatile Usability state = Usability.USABLE;

    VirtioBlock(VirtioDevice device, String name) throws IOException {
        this.device = device;
        this.name = name;
        features = device.negotiate(WANTED);
        configuration = Configuration.read(device.configuration(), features, name);
        int count = device.queues(Math.min(configuration.queues(), MOST_QUEUES));
        int vectors = Math.min(device.interrupts(), count);
        if (vectors == 0 || count == 0) {
            throw new DeviceException(Reason.ABSENT, name + ": expected interrupts and queues, found " + vectors + " and " + count);
        }
        interrupts = device.interrupts(vectors);
        queues = new RequestQueue[count];
        rings = new BlockRing[count];
        taken = new boolean[count];
        makeQueues();
    }

    private void makeQueues() throws IOException {
        List<SharedInterrupt> lines = interrupts.stream().map(SharedInterrupt::new).toList(); // several queues share one where there are too few
        for (int i = 0; i < queues.length; i++) {
            int vector = Math.min(i, interrupts.size() - 1);
            VirtQueue queue = device.queue(i, ENTRIES, vector);
            // Without indirect tables a request takes three entries.
            int depth = device.has(Feature.INDIRECT) ? queue.size() : queue.size() / 3;
            if (depth == 0) {
                throw new DeviceException(Reason.MALFORMED, name + ": expected a queue of 4 entries or more, found " + queue.size());
            }
            rings[i] = new BlockRing(queue, configuration, lines.get(vector).line(), device.dma(), errors, depth);
            queues[i] = new RequestQueue(configuration.geometry(), rings[i], this, device.dma());
        }
        shared = new SharedQueue(queues[queues.length - 1]);
        device.start();
    }

    String rings() {
        return (device.has(Feature.PACKED) ? "packed" : "split") + (device.has(Feature.INDIRECT) ? ", indirect" : "")
                + (device.has(Feature.EVENT_INDEX) ? ", event index" : "") + ", " + queues.length + " queues";
    }

    int queueCount() {
        return queues.length;
    }

    @Override public BlockGeometry geometry() {
        return configuration.geometry();
    }

    @Override public BlockQueue open(int depth) throws BlockException {
        synchronized (this) {
            if (state != Usability.USABLE) {
                throw new BlockException(name, "new queue", end() == null ? BlockStatus.DEVICE_ERROR : end(), condition(), null);
            }
            for (int i = 0; i < queues.length - 1; i++) {
                if (!taken[i]) {
                    taken[i] = true;
                    return queues[i].reopened();
                }
            }
        }
        return shared.open(depth);
    }

    @Override public String words() {
        return errors.get() == 0 ? "" : "virtio status: input or output error";
    }

    @Override public Traffic traffic() {
        return traffic;
    }

    @Override public void release(RequestQueue queue) {
        synchronized (this) {
            for (int i = 0; i < queues.length; i++) {
                if (queues[i] == queue) {
                    taken[i] = false;
                }
            }
        }
    }

    @Override public boolean isUsable() {
        return state == Usability.USABLE;
    }

    @Override public BlockStatus end() {
        return state.end();
    }

    String condition() {
        return state.condition();
    }

    long errors() {
        return errors.get();
    }

    long resets() {
        return resets.get();
    }

    @Override public void look(RequestQueue queue) {
        if (!device.isPresent()) {
            state = Usability.GONE;
        } else if (device.isBroken() || queue.late(System.nanoTime()) != Slots.NONE) {
            synchronized (this) {
                if (state == Usability.USABLE) {
                    restart();
                }
            }
        }
    }

    /** Resets the device; what was under way is submitted again. Holds this. */
    private void restart() {
        state = Usability.RESETTING;
        resets.incrementAndGet();
        for (RequestQueue queue : queues) {
            queue.enter();
        }
        boolean again = false;
        try {
            if (device.negotiate(WANTED) != features) { // rings are made for those that it had
                throw new DeviceException(Reason.MALFORMED, name + ": expected the features of before its reset, found others");
            }
            for (int i = 0; i < queues.length; i++) {
                device.enable(rings[i].queue, Math.min(i, interrupts.size() - 1));
            }
            device.start();
            state = Usability.USABLE;
            again = true;
        } catch (IOException e) {
            state = device.isPresent() ? Usability.FAILED : Usability.GONE;
        } finally {
            for (RequestQueue queue : queues) {
                queue.leave(again);
            }
        }
    }

    void close() {
        synchronized (this) {
            state = state == Usability.GONE ? Usability.GONE : Usability.CLOSED;
            for (RequestQueue queue : queues) {
                queue.enter();
                queue.leave(false);
            }
            try {
                device.reset();
            } catch (DeviceException e) {
                return; // it may still write: its memory goes with the device, when that is silent
            }
            for (RequestQueue queue : queues) {
                queue.free();
            }
        }
    }

}
