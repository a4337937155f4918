package org.cloudos.fs.cloudfs.medium;

import java.util.Arrays;
import java.util.UUID;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.format.Layout;
import org.cloudos.hal.block.BlockDevice;

/**
 * Keeps what a volume's devices know of each other. Before anything is written without one of them, the other says so on itself:
 *
 * <pre>
 *  one fails ──► the other's mark: alone, a new state ──► what was written is acknowledged
 *  one is behind ──► mark on the good one: alone ──► mark on the other: incomplete ──► writes go to both ──► all is read and brought up
 *                ──► flush ──► mark on the good one: together ──► mark on the other: complete
 * </pre>
 * A cut anywhere leaves an incomplete or older device that is known as one. Guarded by the medium's lock.
 */
public final class Mirror {
    private final Medium medium;
    private final Membership[] known;
    private final Supplier<UUID> states;
    private final LongSupplier clock;

    /** @param known by the devices' numbers, null for one that is not here */
    public Mirror(Medium medium, Membership[] known, Supplier<UUID> states, LongSupplier clock) {
        this.medium = medium;
        this.known = Arrays.copyOf(known, 2);
        this.states = states;
        this.clock = clock;
    }

    /** What a device says; null for one that is not here. */
    public Membership of(int number) {
        synchronized (medium) {
            return known[number];
        }
    }

    /** Before the first write. */
    public void enter() throws FsException {
        synchronized (medium) {
            medium.mirror(this);
            Devices now = medium.now();
            for (int i = 0; i < now.at().length; i++) {
                if (now.roles()[i] != Devices.Role.MEMBER) {
                    alone(i);
                }
                if (now.roles()[i] == Devices.Role.BEHIND) {
                    incomplete(i, now.at()[i]);
                }
            }
        }
    }

    /** The members go on without one. Preconditions: the medium's lock is held. */
    void alone(int without) throws FsException {
        for (int member : medium.now().members()) {
            if (member != without && known[member].without() != without) {
                Membership next = known[member].alone(without, states.get(), clock.getAsLong());
                mark(medium.now().at()[member], next);
                known[member] = next;
            }
        }
    }

    private Membership good() {
        return known[medium.now().members()[0]];
    }

    private void incomplete(int number, BlockDevice device) throws FsException {
        Membership next = good().partner(number, true);
        mark(device, next);
        known[number] = next;
    }

    private void mark(BlockDevice device, Membership membership) throws FsException {
        for (int i = 0; i < 2; i++) {
            medium.mark(device, Layout.MEMBERS + i, membership.emit());
        }
    }

    /** A device takes all writes from now on. It lacks what was written before. */
    public void add(int number, BlockDevice added) throws FsException {
        BlockDevice device = SteadyDevice.of(added);
        synchronized (medium) {
            alone(number);
            incomplete(number, device);
            medium.set(number, device, Devices.Role.BEHIND);
        }
    }

    /** A device that was behind has all by now. */
    public void complete(int number) throws FsException {
        synchronized (medium) {
            BlockDevice device = medium.now().at()[number];
            for (int member : medium.now().members()) {
                Membership next = known[member].together();
                mark(medium.now().at()[member], next);
                known[member] = next;
            }
            Membership next = good().partner(number, false);
            try {
                mark(device, next);
            } catch (FsException e) {
                alone(number); // it may have come to the medium, or not
                medium.set(number, device, Devices.Role.OUT);
                throw e;
            }
            known[number] = next;
            medium.set(number, device, Devices.Role.MEMBER);
        }
    }

    /** Goes on without a device that works. */
    public void remove(int number) throws FsException {
        synchronized (medium) {
            alone(number);
            medium.set(number, null, Devices.Role.OUT);
            known[number] = null;
        }
    }
}
