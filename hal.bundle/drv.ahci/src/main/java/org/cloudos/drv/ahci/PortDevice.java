package org.cloudos.drv.ahci;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.queue.QueuedDevice;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.SharedQueue;
import org.cloudos.hal.queue.Slots;
import org.cloudos.hal.queue.Traffic;
import org.cloudos.hal.queue.Usability;

/** A disk or CD-ROM at a port. What it doesn't answer in time is submitted again after a reset of the link. */
final class PortDevice implements RequestQueue.Health, QueuedDevice.Hardware {
    private static final int TRANSFER = 512 << 10, PACKET_TRANSFER = 128 << 10, SHARED = 8, WORD_ALIGNED = 2;
    private static final long IDENTIFY_NS = TimeUnit.SECONDS.toNanos(10);

    private final Port port;
    private final String description;
    private final BlockGeometry geometry;
    private final CommandSet commands;
    private final PortRing ring;
    private final RequestQueue queue;
    private final SharedQueue shared;
    private final QueuedDevice device;
    private final Traffic traffic;
    private final AtomicLong resets = new AtomicLong();
    private volatile Usability state = Usability.USABLE;

    private record Kind(String description, BlockGeometry geometry, CommandSet commands, int depth) { }

    /** What a port needs of its controller. @param traffic where all its ports count */
    record Place(Mmio controller, Registers.Capabilities capabilities, Interrupt interrupt, Dma dma, LongSupplier zeroes, Traffic traffic) { }

    /** @return null for a drive without a medium */
    static PortDevice open(Port port, Place place) throws IOException {
        port.start();
        int signature = port.signature();
        Kind kind = switch (signature) {
            case Registers.SIGNATURE_ATA -> disk(port, place);
            case Registers.SIGNATURE_ATAPI -> packets(port);
            default -> throw new DeviceException(Reason.ABSENT, port.name() + ": expected a disk or CD-ROM, found the signature "
                    + Integer.toHexString(signature));
        };
        return kind == null ? null : new PortDevice(port, place, kind);
    }

    private PortDevice(Port port, Place place, Kind kind) {
        this.port = port;
        description = kind.description;
        geometry = kind.geometry;
        commands = kind.commands;
        traffic = place.traffic;
        ring = new PortRing(port, place.controller, commands, place.interrupt, kind.depth, this::fail);
        queue = new RequestQueue(geometry, ring, this, place.dma);
        shared = new SharedQueue(queue);
        device = new QueuedDevice(port.name(), SHARED, this);
    }

    private static Kind disk(Port port, Place place) throws DeviceException {
        MemorySegment words = port.command(Ata.IDENTIFY, 0, 0, 0, AtaIdentity.SIZE, null, IDENTIFY_NS);
        AtaIdentity i = AtaIdentity.parse(words, port.name());
        boolean queues = place.capabilities.queuing() && i.queueDepth() > 1;
        int depth = Math.min(place.capabilities.slots(), queues ? i.queueDepth() : Port.SLOTS);
        BlockGeometry geometry = new BlockGeometry(i.sectorSize(), i.physical(), i.sectors(), TRANSFER, WORD_ALIGNED, false, i.cache(), queues, i.trim(),
                i.rotational());
        return new Kind(i.model() + " " + i.firmware() + ", serial " + i.serial() + (queues ? ", queues " + depth : ", does not queue"), geometry,
                new DiskCommands(queues, i.sectorSize(), place.zeroes), depth);
    }

    private static Kind packets(Port port) throws DeviceException {
        MemorySegment words = port.command(Ata.IDENTIFY_PACKET, 0, 0, 0, AtaIdentity.SIZE, null, IDENTIFY_NS);
        String model = AtaIdentity.text(words, 27, 20) + " " + AtaIdentity.text(words, 23, 4);
        PacketCommands commands = new PacketCommands((AtaIdentity.word(words, 62) & 1 << 15) != 0);
        PacketCommands.Capacity capacity = commands.capacity(port);
        return capacity.blocks() == 0 ? null : new Kind(model, new BlockGeometry(capacity.blockSize(), capacity.blockSize(), capacity.blocks(),
                PACKET_TRANSFER, WORD_ALIGNED, true, false, false, false, true), commands, Port.SLOTS);
    }

    QueuedDevice device() {
        return device;
    }

    String description() {
        return description;
    }

    @Override public BlockGeometry geometry() {
        return geometry;
    }

    @Override public String words() {
        return ring.words();
    }

    @Override public BlockQueue open(int depth) throws BlockException {
        if (state != Usability.USABLE && state != Usability.RESETTING) {
            throw new BlockException(port.name(), "new queue", end(), condition(), null);
        }
        return shared.open(Math.min(depth, Port.SLOTS));
    }

    @Override public Traffic traffic() {
        return traffic;
    }

    @Override public void release(RequestQueue released) { }

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
        return ring.errors();
    }

    long resets() {
        return resets.get();
    }

    /** Whether what is at the port is another now, or nothing. */
    boolean isChanged() {
        return !port.isPresent() || port.wasExchanged() || commands instanceof PacketCommands p && p.isChanged();
    }

    @Override public void look(RequestQueue waiting) {
        if (port.isGone() || !port.isPresent()) {
            gone();
        } else if (queue.late(System.nanoTime()) != Slots.NONE) {
            reset();
        }
    }

    /** Ends all that is under way. */
    void gone() {
        synchronized (this) {
            state = state == Usability.CLOSED ? Usability.CLOSED : Usability.GONE;
        }
        ring.wake();
    }

    /** For tests: all that is under way is late, and it is looked at. */
    void expire() {
        for (int slot = 0; slot < queue.depth(); slot++) {
            queue.due(slot, -1);
        }
        look(queue);
    }

    private void reset() {
        synchronized (this) {
            if (state != Usability.USABLE) {
                return;
            }
            queue.enter();
            state = Usability.RESETTING;
            resets.incrementAndGet();
            try {
                port.reset();
                ring.clear();
                state = Usability.USABLE;
            } catch (DeviceException e) {
                fail(e);
            } finally {
                queue.leave(state == Usability.USABLE);
            }
        }
    }

    private void fail(DeviceException e) {
        state = e.reason() == Reason.GONE ? Usability.GONE : Usability.FAILED;
    }

    /** The device's requests end; the port's memory stays, for the next device. */
    void close() {
        device.close();
        synchronized (this) {
            state = state == Usability.GONE ? Usability.GONE : Usability.CLOSED;
        }
        queue.enter();
        queue.leave(false);
        try {
            port.stop();
            queue.freeBuffers();
        } catch (DeviceException e) {
            return; // it may still write there
        }
    }
}
