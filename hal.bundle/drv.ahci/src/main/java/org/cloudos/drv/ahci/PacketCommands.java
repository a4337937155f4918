package org.cloudos.drv.ahci;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.queue.Slots;

/** Requests to a CD-ROM, which is read only: packets of 12 bytes, big-endian. SPC-4 §6, MMC-6 §6. */
final class PacketCommands implements CommandSet {
    static final int BLOCK = 2048;
    private static final int READ = 0x28, READ_CAPACITY = 0x25, REQUEST_SENSE = 0x03, TEST_READY = 0x00;
    private static final int SENSE = 18, PACKET_SIZE = 12, TRIES = 5;
    /** Sense keys. SPC-4 §4.5.6. */
    private static final int NOT_READY = 2, MEDIUM = 3, ILLEGAL = 5, ATTENTION = 6, OUT_OF_RANGE = 0x21, CHANGED = 0x28, ABSENT = 0x3a;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(10);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** What a medium has; none for a drive without. */
    record Capacity(long blocks, int blockSize) {
        static final Capacity NONE = new Capacity(0, BLOCK);

        /** 0 last block(4) · 4 bytes of a block(4). MMC-6 §6.26. */
        static Capacity parse(MemorySegment b, String name) throws DeviceException {
            int size = b.get(INT, 4);
            if (size != BLOCK) {
                throw new DeviceException(Reason.ABSENT, name + ": expected blocks of " + BLOCK + " bytes, found " + Integer.toUnsignedString(size));
            }
            return new Capacity(Integer.toUnsignedLong(b.get(INT, 0)) + 1, size);
        }
    }

    private final int features;
    private volatile boolean changed;

    /** @param direction whether the drive wants to be told which way data goes */
    PacketCommands(boolean direction) {
        features = Ata.PACKET_DMA | (direction ? Ata.PACKET_TO_HOST : 0);
    }

    @Override public boolean write(Port port, int slot, Slots slots, long address) {
        long table = Port.table(slot);
        boolean read = slots.op(slot) == Op.READ;
        int count = read ? (int) slots.count(slot) : 0;
        MemorySegment packet = port.memory.memory().asSlice(table + Port.PACKET, PACKET_SIZE).fill((byte) 0);
        packet.set(ValueLayout.JAVA_BYTE, 0, (byte) (read ? READ : TEST_READY)); // a flush has nothing to do
        if (read) {
            packet.set(INT, 2, (int) slots.block(slot));
            packet.set(SHORT, 7, (short) count);
            port.entry(table, 0, address, count * BLOCK);
        }
        Ata.fis(port.memory, table, Ata.PACKET, features, 0, 0, 0);
        port.header(slot, Port.HAS_PACKET, read ? 1 : 0);
        return false;
    }

    @Override public Verdict verdict(Port port, int error) throws DeviceException {
        MemorySegment sense = sense(port);
        int key = sense.get(ValueLayout.JAVA_BYTE, 2) & 0xf;
        int code = Byte.toUnsignedInt(sense.get(ValueLayout.JAVA_BYTE, 12));
        changed |= key == ATTENTION && code == CHANGED || key == NOT_READY && code == ABSENT;
        BlockStatus status = changed ? BlockStatus.GONE : switch (key) {
            case NOT_READY, MEDIUM -> BlockStatus.MEDIUM_ERROR;
            case ILLEGAL -> code == OUT_OF_RANGE ? BlockStatus.OUT_OF_RANGE : BlockStatus.UNSUPPORTED;
            default -> BlockStatus.DEVICE_ERROR;
        };
        return new Verdict(status, key == ATTENTION && !changed, String.format("sense key %d, code 0x%02x", key, code));
    }

    /** Whether the medium went or another came. */
    boolean isChanged() {
        return changed;
    }

    private MemorySegment sense(Port port) throws DeviceException {
        return port.command(Ata.PACKET, features, 0, 0, SENSE, packet(REQUEST_SENSE, SENSE), LIMIT_NS);
    }

    private static byte[] packet(int command, int length) {
        byte[] packet = new byte[PACKET_SIZE];
        packet[0] = (byte) command;
        packet[4] = (byte) length;
        return packet;
    }

    /** The drive says once of each change that there was one: it is asked again then. Nothing may be under way. */
    Capacity capacity(Port port) throws DeviceException {
        for (int i = 0; i < TRIES; i++) {
            try {
                return Capacity.parse(port.command(Ata.PACKET, features, 0, 0, 8, packet(READ_CAPACITY, 0), LIMIT_NS), port.name());
            } catch (DeviceException e) {
                if (e.reason() != Reason.FAILED) {
                    throw e;
                }
                if ((sense(port).get(ValueLayout.JAVA_BYTE, 2) & 0xf) == NOT_READY) {
                    return Capacity.NONE;
                }
            }
        }
        return Capacity.NONE;
    }
}
