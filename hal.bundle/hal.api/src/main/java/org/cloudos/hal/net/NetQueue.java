package org.cloudos.hal.net;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ConsumerType;

/** A ring to receive and a ring to send. For one thread at a time but for {@link #wake}. No method allocates. */
@ConsumerType
public interface NetQueue extends AutoCloseable {
    /** Of {@link #send}: no checksum to fill in. */
    int NO_CHECKSUM = -1;

    /** Takes received frames. */
    @FunctionalInterface
    interface Receiver {
        /**
         * @param memory  holds the frame; the device's again when this returns
         * @param offset  of the frame in it
         * @param length  bytes, without the check sequence; inside the memory whatever the device said
         * @param checked the device found the TCP or UDP checksum right
         */
        void frame(MemorySegment memory, long offset, int length, boolean checked);
    }

    /**
     * Sends a frame, which is copied: its memory is the caller's again when this returns.
     *
     * @param frame          from the destination address on, 14 bytes to {@link NetAbilities#maxFrame}; native
     * @param checksumStart  first byte that a TCP or UDP checksum covers, or {@link #NO_CHECKSUM}
     * @param checksumOffset where it stands, from there; holds the pseudo header's sum
     * @return false when the ring is full: not sent
     */
    boolean send(MemorySegment frame, int checksumStart, int checksumOffset);

    /** Tells the device of what was sent since; {@link #receive} does too. */
    void kick();

    /** Frames that the device still has to send. */
    int sending();

    /** Hands over received frames, at most so many. @return how many */
    int receive(int most, Receiver receiver);

    /** Waits until a frame came, a full ring has room again, the link changed, or it is woken. Blocks the carrier. */
    void await(long nanos) throws InterruptedException;

    /** Lets a waiting thread go. */
    void wake();

    /** False when the device is gone or failed: nothing will come. */
    boolean isOpen();

    @Override void close();
}
