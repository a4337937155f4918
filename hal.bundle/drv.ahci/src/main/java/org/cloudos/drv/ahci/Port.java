package org.cloudos.drv.ahci;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;

/**
 * A port's engine: start, stop, reset of the link, and commands whose end is waited for. Its memory: 0 command list(1024) · 1024 received FISes(256)
 * · 2048 table of such a command(2048) · 4096 its data(4096) · 8192 a table and 512 bytes for each of 32 slots. Not thread-safe. AHCI 1.3.1 §10.
 */
final class Port {
    static final int SLOTS = 32, ENTRIES = 264, ENTRY = 16, PRDT = 128, PACKET = 64;
    static final int DATA = 4096;
    /** Of {@link #header}. §4.2.2. */
    static final int WRITES = 1 << 6, HAS_PACKET = 1 << 5;
    private static final int BITS = 1024 + 0x58; // among the received FISes
    private static final int HEADER = 32, FISES = 1024, OWN_TABLE = 2048, OWN_DATA = 4096, TABLES = 8192, EXTRA = PRDT + ENTRIES * ENTRY, TABLE = EXTRA + 512;
    private static final long ENGINE_NS = TimeUnit.MILLISECONDS.toNanos(500), LINK_NS = TimeUnit.SECONDS.toNanos(1), READY_NS = TimeUnit.SECONDS.toNanos(10);

    final int number;
    final DmaMemory memory;
    private final String name;
    private final Mmio mmio;
    private final Dma dma;
    private final boolean override;
    private volatile boolean stale; // the register has causes that were seen in memory

    Port(int number, String name, Mmio mmio, Dma dma, Registers.Capabilities capabilities) throws IOException {
        this.number = number;
        this.name = name;
        this.mmio = mmio;
        this.dma = dma;
        this.override = capabilities.commandListOverride();
        memory = dma.allocate(TABLES + (long) SLOTS * TABLE, 4096);
    }

    String name() {
        return name;
    }

    /** Gives the port its memory, and the device power. §10.1.2. */
    void open() throws DeviceException {
        mmio.write(Registers.PORT_IE, 0);
        stop();
        change(Registers.CMD, Registers.RECEIVE, 0);
        awaitClear(Registers.CMD, Registers.RECEIVING, ENGINE_NS, "to stop receiving");
        mmio.write(Registers.CLB, (int) memory.address());
        mmio.write(Registers.CLBU, (int) (memory.address() >>> 32));
        mmio.write(Registers.FB, (int) (memory.address() + FISES));
        mmio.write(Registers.FBU, (int) (memory.address() + FISES >>> 32));
        mmio.write(Registers.SERR, -1);
        mmio.write(Registers.PORT_IS, Registers.ALL);
        change(Registers.CMD, 0, Registers.RECEIVE | Registers.SPIN_UP | Registers.POWER | Registers.ACTIVE);
    }

    boolean isPresent() {
        return (mmio.read(Registers.SSTS) & Registers.DETECTION) == Registers.PRESENT;
    }

    /** Nothing answers on the bus. */
    boolean isGone() {
        return mmio.read(Registers.CMD) == -1;
    }

    /** Whether another device came since it was asked last. */
    boolean wasExchanged() {
        int errors = mmio.read(Registers.SERR);
        boolean exchanged = errors != -1 && (errors & Registers.EXCHANGED) != 0;
        if (exchanged) {
            mmio.write(Registers.SERR, Registers.EXCHANGED);
        }
        return exchanged;
    }

    int signature() {
        return mmio.read(Registers.SIG);
    }

    /** Lets the engine run. The device must be present. */
    void start() throws DeviceException {
        awaitClear(Registers.TFD, Registers.BUSY | Registers.WANTS_DATA, READY_NS, "ready");
        mmio.write(Registers.SERR, -1);
        mmio.write(Registers.PORT_IS, Registers.ALL);
        change(Registers.CMD, Registers.ATAPI, Registers.START | (signature() == Registers.SIGNATURE_ATAPI ? Registers.ATAPI : 0));
    }

    /** The device takes no command after, and has forgotten those it had. §10.1.2. */
    void stop() throws DeviceException {
        change(Registers.CMD, Registers.START, 0);
        awaitClear(Registers.CMD, Registers.RUNNING, ENGINE_NS, "to stop");
    }

    /** Resets the link and so the device. §10.4.2. */
    void reset() throws DeviceException {
        change(Registers.CMD, Registers.START, 0);
        awaitClear(Registers.CMD, Registers.RUNNING, ENGINE_NS, "to stop");
        change(Registers.SCTL, Registers.DETECTION, Registers.RESET_LINK);
        long begin = System.nanoTime();
        while (System.nanoTime() - begin < TimeUnit.MILLISECONDS.toNanos(1)) {
            Thread.onSpinWait(); // the least that a device must see
        }
        change(Registers.SCTL, Registers.DETECTION, 0);
        for (begin = System.nanoTime(); !isPresent(); Thread.onSpinWait()) {
            if (System.nanoTime() - begin > LINK_NS) {
                throw new DeviceException(Reason.GONE, name + ": no device after a reset of the link");
            }
        }
        start();
    }

    /** After an error: stops, and starts again; a device that stays busy gets its link reset. §6.2.2. */
    void restart() throws DeviceException {
        stop();
        mmio.write(Registers.SERR, -1);
        mmio.write(Registers.PORT_IS, Registers.ALL);
        if ((mmio.read(Registers.TFD) & (Registers.BUSY | Registers.WANTS_DATA)) != 0) {
            if (!override) {
                reset();
                return;
            }
            change(Registers.CMD, 0, Registers.OVERRIDE);
            awaitClear(Registers.CMD, Registers.OVERRIDE, ENGINE_NS, "to forget its state");
        }
        change(Registers.CMD, 0, Registers.START);
    }

    private void change(Reg32 register, int clear, int set) {
        mmio.write(register, mmio.read(register) & ~clear | set);
    }

    private void awaitClear(Reg32 register, int bits, long nanos, String what) throws DeviceException {
        long begin = System.nanoTime();
        for (int value = mmio.read(register); (value & bits) != 0; value = mmio.read(register)) {
            if (value == -1) {
                throw new DeviceException(Reason.GONE, name + " does not answer");
            }
            if (System.nanoTime() - begin > nanos) {
                throw new DeviceException(Reason.TIMED_OUT, name + ": expected it " + what + " within " + TimeUnit.NANOSECONDS.toMillis(nanos)
                        + " ms, found " + Integer.toHexString(value));
            }
            Thread.onSpinWait();
        }
    }

    /** Where the command FIS of a slot stands; {@link #PACKET} and {@link #PRDT} after it. */
    static long table(int slot) {
        return TABLES + (long) slot * TABLE;
    }

    /** 512 bytes that go with a slot. */
    static long extra(int slot) {
        return table(slot) + EXTRA;
    }

    /** Says what a slot's command is: written last. */
    void header(int slot, int flags, int entries) {
        header(slot, flags, entries, table(slot));
    }

    private void header(int slot, int flags, int entries, long table) {
        long at = (long) slot * HEADER;
        memory.putInt(at, Ata.FIS_SIZE / 4 | flags | entries << 16);
        memory.putInt(at + 4, 0); // bytes that were transferred
        memory.putLong(at + 8, memory.address() + table);
    }

    /** @param length even, up to 4 MiB */
    void entry(long table, int number, long address, int length) {
        long at = table + PRDT + (long) number * ENTRY;
        memory.putLong(at, address);
        memory.putInt(at + 8, 0);
        memory.putInt(at + 12, length - 1);
    }

    /** A slot may be given to the device again. */
    void again(int slot) {
        memory.putInt((long) slot * HEADER + 4, 0);
    }

    void issue(int mask, boolean queued) {
        if (queued) {
            mmio.write(Registers.SACT, mask);
        }
        mmio.write(Registers.CI, mask);
    }

    /** What happened since, cleared; 0 for nothing. -1 when nothing answers. */
    int causes(Mmio controller) {
        int causes = mmio.read(Registers.PORT_IS);
        if (causes == -1) {
            return -1;
        }
        causes &= Registers.ALL;
        if (causes != 0) {
            mmio.write(Registers.PORT_IS, causes);
            stale = false;
            controller.write(Registers.IS, 1 << number);
        }
        return causes;
    }

    /** Slots that the device has. Queued ones are let go before they end. */
    int pending(boolean queued) {
        return mmio.read(queued ? Registers.SACT : Registers.CI);
    }

    /** Queued commands that ended, as the last Set Device Bits FIS has it: type, flags, status, error(1 each) · slots(4). 0 for none. SATA 3.1 §10.5.7. */
    int told() {
        return memory.getInt(BITS + 4L);
    }

    /** Whether that one is whole and tells of no error. */
    boolean toldGood() {
        int head = memory.getInt(BITS);
        return (head & 0xff) == Ata.DEVICE_BITS && (head & Registers.ERROR << 16) == 0;
    }

    void clearTold() {
        memory.putInt(BITS + 4L, 0);
    }

    /** {@link #told} gives what is told from now on. */
    void forget() {
        stale = true;
        clearTold();
        VarHandle.fullFence(); // before a register is asked for what was told until then
    }

    int taskFile() {
        return mmio.read(Registers.TFD);
    }

    /** @param queued slots of commands that wait for their ends. @return whether nothing happened yet: an interrupt will tell */
    boolean arm(Mmio controller, int queued) {
        boolean cleared = stale;
        if (cleared) {
            stale = false;
            mmio.write(Registers.PORT_IS, Registers.FIS_BITS);
            controller.write(Registers.IS, 1 << number);
        }
        mmio.write(Registers.PORT_IE, Registers.ALL);
        if (queued != 0) {
            return told() == 0 && (!cleared || (pending(true) & queued) == queued); // what came just before is cleared with the rest
        }
        int causes = mmio.read(Registers.PORT_IS);
        return causes != -1 && (causes & Registers.ALL) == 0;
    }

    void disarm() {
        mmio.write(Registers.PORT_IE, 0);
    }

    /** A command that reads data, nothing else being under way. @param packet of 12 bytes, or null for a command of ATA. @return its data, until the next */
    MemorySegment command(int command, int features, long lba, int count, int bytes, byte[] packet, long nanos) throws DeviceException {
        byte[] before = memory.memory().asSlice(0, HEADER).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE); // a request that goes again may own the slot
        MemorySegment data = memory.memory().asSlice(OWN_DATA, DATA).fill((byte) 0);
        Ata.fis(memory, OWN_TABLE, command, features, lba, count, packet == null ? Ata.LBA : 0);
        if (packet != null) {
            MemorySegment.copy(MemorySegment.ofArray(packet), 0, memory.memory(), OWN_TABLE + PACKET, packet.length);
        }
        if (bytes > 0) {
            entry(OWN_TABLE, 0, memory.address() + OWN_DATA, bytes);
        }
        header(0, packet == null ? 0 : HAS_PACKET, bytes > 0 ? 1 : 0, OWN_TABLE);
        mmio.write(Registers.PORT_IS, Registers.ALL);
        mmio.write(Registers.CI, 1);
        try {
            await(command, nanos);
        } finally {
            memory.memory().asSlice(0, HEADER).copyFrom(MemorySegment.ofArray(before));
        }
        return data;
    }

    private void await(int command, long nanos) throws DeviceException {
        long begin = System.nanoTime();
        while (true) {
            int causes = mmio.read(Registers.PORT_IS);
            if (causes == -1) {
                throw new DeviceException(Reason.GONE, name + " does not answer");
            }
            if ((causes & Registers.ERRORS) != 0) {
                int task = taskFile();
                restart();
                throw new DeviceException(Reason.FAILED, String.format("%s: command 0x%02x: status 0x%02x, error 0x%02x", name, command, task & 0xff,
                        task >>> 8 & 0xff));
            }
            if ((mmio.read(Registers.CI) & 1) == 0 && (taskFile() & Registers.BUSY) == 0) {
                mmio.write(Registers.PORT_IS, Registers.ALL);
                return;
            }
            if (System.nanoTime() - begin > nanos) {
                reset();
                throw new DeviceException(Reason.TIMED_OUT, name + ": no answer to command 0x" + Integer.toHexString(command));
            }
            Thread.onSpinWait();
        }
    }

    /** Stops the device's access to memory. */
    void close() throws DeviceException {
        disarm();
        stop();
        change(Registers.CMD, Registers.RECEIVE, 0);
        awaitClear(Registers.CMD, Registers.RECEIVING, ENGINE_NS, "to stop receiving");
    }

    void free() {
        dma.free(memory);
    }
}
