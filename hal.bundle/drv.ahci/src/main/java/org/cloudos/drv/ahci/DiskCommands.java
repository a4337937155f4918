package org.cloudos.drv.ahci;

import java.util.function.LongSupplier;
import org.cloudos.hal.block.BlockQueue.Op;
import org.cloudos.hal.queue.Slots;

/** Requests to a disk: queued where it takes that, else DMA, one at a time. ACS-3 §7. */
final class DiskCommands implements CommandSet {
    static final int ZEROES = 1 << 20;
    private static final int MOST_OF_AN_ENTRY = 4 << 20;

    private final boolean queues;
    private final int sectorSize;
    private final LongSupplier zeroes;

    /** @param zeroes the device's address of so many bytes of nothing: no disk has a command for that */
    DiskCommands(boolean queues, int sectorSize, LongSupplier zeroes) {
        this.queues = queues;
        this.sectorSize = sectorSize;
        this.zeroes = zeroes;
    }

    @Override public boolean write(Port port, int slot, Slots slots, long address) {
        Op op = slots.op(slot);
        long table = Port.table(slot);
        long block = slots.block(slot);
        int count = (int) slots.count(slot);
        switch (op) {
            case FLUSH -> {
                Ata.fis(port.memory, table, Ata.FLUSH, 0, 0, 0, Ata.LBA);
                port.header(slot, 0, 0);
                return false;
            }
            case DISCARD -> {
                discard(port, slot, block, count);
                return false;
            }
            case READ, WRITE, WRITE_THROUGH, WRITE_ZEROES -> {
                int entries = op == Op.WRITE_ZEROES ? zeroes(port, table, (long) count * sectorSize) : data(port, table, address, count * sectorSize);
                transfer(port, table, slot, op, block, count);
                port.header(slot, op == Op.READ ? 0 : Port.WRITES, entries);
                return queues;
            }
        }
        throw new AssertionError(op);
    }

    private void transfer(Port port, long table, int slot, Op op, long block, int count) {
        boolean through = op == Op.WRITE_THROUGH;
        if (queues) { // the count stands where features do, the tag where the count does
            Ata.fis(port.memory, table, op == Op.READ ? Ata.READ_QUEUED : Ata.WRITE_QUEUED, count, block, slot << 3,
                    Ata.LBA | (through ? Ata.FORCE_UNIT_ACCESS : 0));
        } else {
            Ata.fis(port.memory, table, op == Op.READ ? Ata.READ : through ? Ata.WRITE_THROUGH : Ata.WRITE, 0, block, count, Ata.LBA);
        }
    }

    private static int data(Port port, long table, long address, int bytes) {
        port.entry(table, 0, address, bytes);
        return 1;
    }

    private int zeroes(Port port, long table, long bytes) {
        long address = zeroes.getAsLong();
        int entries = 0;
        for (long done = 0; done < bytes; done += ZEROES) {
            port.entry(table, entries++, address, (int) Math.min(Math.min(ZEROES, MOST_OF_AN_ENTRY), bytes - done));
        }
        return entries;
    }

    /** One range: first sector(48 bits) · sectors(16 bits). §7.5.3. */
    private static void discard(Port port, int slot, long block, int count) {
        long at = Port.extra(slot);
        port.memory.memory().asSlice(at, 512).fill((byte) 0);
        port.memory.putLong(at, block | (long) count << 48);
        port.entry(Port.table(slot), 0, port.memory.address() + at, 512);
        Ata.fis(port.memory, Port.table(slot), Ata.DATA_SET, Ata.TRIM, 0, 1, Ata.LBA);
        port.header(slot, Port.WRITES, 1);
    }

    @Override public Verdict verdict(Port port, int error) {
        return new Verdict(Ata.status(error), false, String.format("ATA error 0x%02x", error));
    }
}
