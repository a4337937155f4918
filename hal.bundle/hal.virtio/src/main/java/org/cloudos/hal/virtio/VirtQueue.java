package org.cloudos.hal.virtio;

import java.io.IOException;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;

/**
 * A queue of buffers that the device uses, split or packed. Each request has an id below the size and is a buffer or a table of
 * buffers. Ids and lengths that the device returns are checked: it names no request that it does not have. Not thread-safe.
 * Virtio 1.2 §2.6 to §2.8.
 */
public sealed interface VirtQueue permits SplitQueue, PackedQueue {
    /** Bytes of a table's entry: address(8) · length(4), then flags(2) · next(2) of a split ring, id(2) · flags(2) of a packed one. */
    int ENTRY = 16;
    int NEXT = 1, WRITE = 2;

    /** Gets each used request. */
    @FunctionalInterface
    interface Used {
        /** @param length bytes that the device says it wrote; may be a lie */
        void used(int id, int length);
    }

    /** Tells the device that a queue has new buffers; memory written before is there before. */
    @FunctionalInterface
    interface Bell {
        void ring(int queue);
    }

    /**
     * A ring that no device has yet. {@link VirtioDevice#queue} gives one to a device.
     *
     * @param size     a power of 2
     * @param features as {@link Feature} has them
     * @param bell     where the device is told
     */
    static VirtQueue of(int index, int size, long features, Dma dma, Bell bell) throws IOException {
        return (features & Feature.PACKED) != 0 ? new PackedQueue(index, size, features, dma, bell) : new SplitQueue(index, size, features, dma, bell);
    }

    /** Requests that it holds at most. */
    int size();

    /** Requests that the device has. */
    int underWay();

    /** Whether another request of so many buffers fits. */
    boolean fits(int buffers);

    /** Adds one buffer. @param writable for the device */
    void add(int id, long address, int length, boolean writable);

    /** Adds a table of buffers, in {@link #ENTRY}s; without {@link Feature#INDIRECT} it is copied. The first buffers are to be read, the rest written. */
    void add(int id, DmaMemory table, int buffers);

    /** Tells the device of what was added, unless it said that it looks anyway. */
    void kick();

    /** Hands over what was used, at most so many. @return how many */
    int poll(Used sink, int most);

    /** Asks for an interrupt at the next use. @return false when something was used meanwhile: poll again */
    boolean arm();

    /** Asks for one when so many more are used, at the latest; sooner where the ring can't say that. @return false when they are */
    default boolean arm(int uses) {
        return arm();
    }

    /** Whether {@link #poll} would find something. */
    boolean isUsed();

    /** Asks for none. */
    void disarm();

    /** Uses of what the device did not have. */
    long strays();

    /** Its number on the device. */
    int index();

    /** Empty, as the device has it after a reset. */
    void clear();

    long descriptors();

    long driverArea();

    long deviceArea();

    /** The device has forgotten the queue. */
    void free();

    /** Writes a table's entry, in this ring's shape. */
    void entry(DmaMemory table, int index, long address, int length, boolean writable, boolean last);
}
