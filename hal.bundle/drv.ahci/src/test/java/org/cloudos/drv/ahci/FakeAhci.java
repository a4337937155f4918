package org.cloudos.drv.ahci;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.sim.SimulatedFunction;

/** A controller of one port with a disk of memory that can be told to fail, to be silent, to lie and to go. */
final class FakeAhci extends SimulatedFunction {
    static final int SECTOR = 512, SECTORS = 8192;
    private static final int PORT = Registers.PORTS, LIST_ENTRY = 32, READY = 0x50;

    final MemorySegment disk = Arena.ofAuto().allocate((long) SECTOR * SECTORS, 4096);
    volatile boolean deaf;             // never ends a reset of the controller
    volatile boolean queues = true;
    volatile boolean namesCulprit;     // has the log of what failed of queued commands
    volatile long badSector = -1;      // reads of it fail
    volatile boolean silent;           // takes commands, ends none
    volatile boolean spurious;         // claims that all commands ended, and errors, out of nothing
    volatile boolean unplugged;
    int resets;
    volatile int accesses;             // of registers
    private int failedTag = -1;
    private boolean failed;

    FakeAhci() {
        super(5, 0x180, 1);
        set(Registers.CAP.offset(), 31 << 8 | 1 << 24 | 1 << 30 | 1 << 31);
        set(Registers.PI.offset(), 1);
        set(PORT + Registers.SIG.offset(), Registers.SIGNATURE_ATA);
        set(PORT + Registers.TFD.offset(), READY);
    }

    private int port(Reg32 register) {
        return get(PORT + register.offset());
    }

    private void port(Reg32 register, int value) {
        set(PORT + register.offset(), value);
    }

    @Override protected long read(long offset, int width) {
        accesses++;
        if (offset == PORT + Registers.SSTS.offset()) {
            return unplugged ? 0 : Registers.PRESENT;
        }
        if (spurious && offset == PORT + Registers.PORT_IS.offset()) {
            spurious = false;
            return Registers.ENDS | Registers.TASK_FILE;
        }
        return super.read(offset, width);
    }

    @Override protected void write(long offset, int width, long wide) {
        accesses++;
        int value = (int) wide;
        if (offset == Registers.GHC.offset()) {
            set(offset, deaf ? value : value & ~Registers.RESET);
        } else if (offset == Registers.IS.offset()) {
            set(offset, get(offset) & ~value);
        } else if (offset < PORT) {
            super.write(offset, width, wide);
        } else {
            portWrite((int) offset - PORT, value);
        }
    }

    private void portWrite(int register, int value) {
        if (register == Registers.PORT_IS.offset() || register == Registers.SERR.offset()) {
            set(PORT + register, get(PORT + register) & ~value);
        } else if (register == Registers.SACT.offset()) {
            port(Registers.SACT, port(Registers.SACT) | value);
        } else if (register == Registers.CI.offset()) {
            port(Registers.CI, port(Registers.CI) | value);
            serve();
        } else if (register == Registers.PORT_IE.offset()) {
            port(Registers.PORT_IE, value);
            interrupt();
        } else if (register == Registers.CMD.offset()) {
            command(value);
        } else if (register == Registers.SCTL.offset()) {
            if ((port(Registers.SCTL) & Registers.DETECTION) == Registers.RESET_LINK && (value & Registers.DETECTION) == 0) {
                resets++;
                port(Registers.TFD, READY);
            }
            port(Registers.SCTL, value);
        } else {
            set(PORT + register, value);
        }
    }

    private void command(int value) {
        int now = value & ~(Registers.RUNNING | Registers.RECEIVING | Registers.OVERRIDE);
        port(Registers.CMD, now | ((now & Registers.START) != 0 ? Registers.RUNNING : 0) | ((now & Registers.RECEIVE) != 0 ? Registers.RECEIVING : 0));
        if ((now & Registers.START) == 0) {
            port(Registers.CI, 0);
            port(Registers.SACT, 0);
            failed = false;
        }
    }

    private void serve() {
        for (int left = port(Registers.CI); left != 0 && !failed && !unplugged; left = silent ? left & left - 1 : port(Registers.CI)) {
            serve(Integer.numberOfTrailingZeros(left));
        }
    }

    private void serve(int slot) {
        DmaMemory list = memory.at(Integer.toUnsignedLong(port(Registers.CLB)) | (long) port(Registers.CLBU) << 32, 1024);
        int header = list.getInt((long) slot * LIST_ENTRY);
        DmaMemory table = memory.at(list.getLong((long) slot * LIST_ENTRY + 8), Port.PRDT + (header >>> 16) * 16L);
        int command = table.getInt(0) >>> 16 & 0xff;
        if (silent && command != Ata.IDENTIFY) {
            return;
        }
        boolean queued = command == Ata.READ_QUEUED || command == Ata.WRITE_QUEUED;
        if (run(table, command, header >>> 16)) {
            set(PORT + Registers.TFD.offset(), READY);
            end(Registers.CI, slot);
            if (queued) {
                bits(1 << slot);
                end(Registers.SACT, slot);
            }
            tell(queued ? Registers.FIS_BITS : Registers.FIS_D2H);
        } else {
            failed = true; // it takes nothing until it was stopped
            failedTag = command == Ata.READ_LOG ? failedTag : slot;
            set(PORT + Registers.TFD.offset(), READY | 1 | (command == Ata.READ_LOG ? 1 << 2 : 1 << 6) << 8);
            tell(Registers.TASK_FILE);
        }
    }

    /** The Set Device Bits FIS among those received. */
    private void bits(int slots) {
        DmaMemory fis = memory.at((Integer.toUnsignedLong(port(Registers.FB)) | (long) port(Registers.FBU) << 32) + 0x58, 8);
        fis.putInt(0, 0xa1 | 0x40 << 8 | READY << 16);
        fis.putInt(4, slots);
    }

    private void end(Reg32 register, int slot) {
        port(register, port(register) & ~(1 << slot));
    }

    private void tell(int cause) {
        port(Registers.PORT_IS, port(Registers.PORT_IS) | cause);
        set(Registers.IS.offset(), 1);
        interrupt();
    }

    private void interrupt() {
        if ((port(Registers.PORT_IE) & port(Registers.PORT_IS)) != 0 && (get(Registers.GHC.offset()) & Registers.INTERRUPTS) != 0) {
            raise(0);
        }
    }

    private boolean run(DmaMemory table, int command, int entries) {
        long lba = table.getInt(4) & 0xffffffL | (table.getInt(8) & 0xffffffL) << 24;
        boolean queued = command == Ata.READ_QUEUED || command == Ata.WRITE_QUEUED;
        int count = queued ? table.getInt(0) >>> 24 | table.getInt(8) >>> 24 << 8 : table.getShort(12);
        switch (command) {
            case Ata.IDENTIFY -> identify(data(table, 0, SECTOR));
            case Ata.READ_LOG -> {
                return namesCulprit && log(data(table, 0, SECTOR));
            }
            case Ata.FLUSH, Ata.DATA_SET -> { }
            default -> {
                boolean read = command == Ata.READ || command == Ata.READ_QUEUED;
                if (read && badSector >= lba && badSector < lba + count) {
                    return false;
                }
                long done = 0;
                for (int i = 0; i < entries; i++) {
                    MemorySegment data = data(table, i, -1);
                    MemorySegment place = disk.asSlice(lba * SECTOR + done, data.byteSize());
                    (read ? data : place).copyFrom(read ? place : data);
                    done += data.byteSize();
                }
                if (done != (long) count * SECTOR) {
                    throw new AssertionError("expected data for " + count + " sectors, found " + done + " bytes");
                }
            }
        }
        return true;
    }

    private MemorySegment data(DmaMemory table, int entry, int expected) {
        long at = Port.PRDT + entry * 16L;
        int length = (table.getInt(at + 12) & 0x3fffff) + 1;
        if (expected >= 0 && length != expected) {
            throw new AssertionError("expected " + expected + " bytes, found " + length);
        }
        return memory.at(table.getLong(at), length).memory();
    }

    private boolean log(MemorySegment log) {
        log.fill((byte) 0);
        log.set(ValueLayout.JAVA_BYTE, 0, (byte) failedTag);
        log.set(ValueLayout.JAVA_BYTE, 3, (byte) (1 << 6));
        log.set(ValueLayout.JAVA_BYTE, 511, (byte) -(failedTag + (1 << 6)));
        return true;
    }

    private void identify(MemorySegment b) {
        b.fill((byte) 0);
        word(b, 75, 31);
        word(b, 76, queues ? 1 << 8 : 0);
        word(b, 83, 1 << 10 | 1 << 14);
        word(b, 85, 1 << 5);
        word(b, 106, 1 << 14 | 1 << 13 | 3);
        word(b, 169, 1);
        word(b, 217, 1);
        b.set(ValueLayout.JAVA_LONG_UNALIGNED, 200, SECTORS);
        byte[] model = String.format("%-40s", "A disk").getBytes(StandardCharsets.US_ASCII);
        for (int i = 0; i < 20; i++) {
            word(b, 27 + i, model[2 * i] << 8 | model[2 * i + 1]);
        }
    }

    private static void word(MemorySegment b, int number, int value) {
        b.set(ValueLayout.JAVA_SHORT_UNALIGNED, number * 2L, (short) value);
    }
}
