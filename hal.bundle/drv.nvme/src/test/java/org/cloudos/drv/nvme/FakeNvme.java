package org.cloudos.drv.nvme;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.memory.Dma;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.pci.Interrupt;
import org.cloudos.hal.pci.PciDevice;
import org.cloudos.hal.pci.PciFunction;
import org.cloudos.hal.sim.Allocation;
import org.cloudos.hal.sim.Signal;

/**
 * An NVMe controller as a thread that watches its registers, with a namespace of memory. It can be told to lie: wrong ids, statuses,
 * commands that it never answers, a reset that never ends, and to vanish.
 */
final class FakeNvme implements PciFunction, AutoCloseable {
    static final int BLOCK = 512, BLOCKS = 4096, QUEUES = 4;
    private static final int STRIDE = 4, BELLS = 0x1000, MDTS = 1; // 8 KiB a command

    final MemorySegment disk = Arena.ofAuto().allocate((long) BLOCK * BLOCKS, 4096);
    volatile boolean deaf;          // never ready
    volatile boolean wrongIds;      // completes commands that were not given
    volatile boolean vanished;
    volatile int ignore;            // so many I/O commands get no answer
    volatile int status;            // of I/O commands, as the completion has it
    volatile int resets;
    private final Arena arena = Arena.ofShared();
    private final MemorySegment registers = arena.allocate(0x2000, 4096);
    private final Map<Long, DmaMemory> memory = new ConcurrentHashMap<>();
    private final List<Signal> signals = new ArrayList<>();
    private final Queue[] queues = new Queue[QUEUES + 1];
    private final Thread thread;
    private long nextAddress = 0x10_0000;
    private volatile boolean closed;
    private boolean enabled;

    private static final class Queue {
        private long submissions;
        private long completions;
        private int entries;
        private int head;
        private int tail;
        private int phase = 1;
    }

    FakeNvme() {
        // CAP: 64 entries, contiguous, 500 ms, stride 4, NVM commands, pages of 4 KiB
        registers.set(ValueLayout.JAVA_LONG, 0, 63L | 1L << 16 | 1L << 24 | 1L << 37);
        for (int i = 0; i <= QUEUES; i++) {
            signals.add(new Signal());
        }
        thread = Thread.ofPlatform().daemon().name("fake nvme").start(this::work);
    }

    /** What the driver's reads of registers give once it was pulled out. */
    void vanish() {
        vanished = true;
        registers.fill((byte) 0xff);
    }

    private void work() {
        while (!closed) {
            if (!vanished) {
                controlRegisters();
                for (int q = 0; enabled && q <= QUEUES; q++) {
                    serve(q);
                }
            }
            Thread.onSpinWait();
        }
    }

    private int get(long offset) {
        return (int) ValueLayout.JAVA_INT.varHandle().getAcquire(registers, offset);
    }

    private void set(long offset, int value) {
        if (!vanished) {
            ValueLayout.JAVA_INT.varHandle().setRelease(registers, offset, value);
        }
    }

    private void controlRegisters() {
        int configuration = get(0x14);
        boolean wanted = (configuration & 1) != 0;
        if (deaf) {
            return;
        }
        if (wanted && !enabled) {
            java.util.Arrays.fill(queues, null);
            queues[0] = new Queue();
            queues[0].entries = (get(0x24) & 0xfff) + 1;
            queues[0].submissions = registers.get(ValueLayout.JAVA_LONG, 0x28);
            queues[0].completions = registers.get(ValueLayout.JAVA_LONG, 0x30);
            for (int i = 0; i <= 2 * QUEUES + 1; i++) {
                set(BELLS + (long) i * STRIDE, 0);
            }
            enabled = true;
            resets++;
            set(0x1c, 1);
        } else if (!wanted && enabled) {
            enabled = false;
            set(0x1c, 0);
        } else if (wanted && (configuration >>> 14 & 3) == 1) {
            set(0x1c, 1 | 2 << 2);
        }
    }

    private void serve(int number) {
        Queue q = queues[number];
        if (q == null || q.submissions == 0) {
            return;
        }
        int tail = get(BELLS + (long) 2 * number * STRIDE);
        while (q.head != tail && tail < q.entries) {
            DmaMemory entry = at(q.submissions + (long) q.head * Command.SIZE, Command.SIZE);
            q.head = (q.head + 1) % q.entries;
            int id = entry.getInt(0) >>> 16;
            if (number > 0 && ignore > 0) {
                ignore--;
                continue;
            }
            int result = number == 0 ? admin(entry) : 0;
            int bits = number == 0 ? 0 : status != 0 ? status : io(entry);
            complete(number, q, wrongIds && number > 0 ? id + 37 : id, bits, result);
        }
    }

    private void complete(int number, Queue q, int id, int bits, int result) {
        DmaMemory entry = at(q.completions + (long) q.tail * 16, 16);
        entry.putInt(0, result);
        entry.putShort(8, q.head);
        entry.putShort(12, id);
        entry.putShort(14, bits | q.phase);
        q.tail++;
        if (q.tail == q.entries) {
            q.tail = 0;
            q.phase ^= 1;
        }
        signals.get(number).raise();
    }

    private int admin(DmaMemory entry) {
        int word10 = entry.getInt(40);
        int word11 = entry.getInt(44);
        long prp = entry.getLong(24);
        switch (entry.getInt(0) & 0xff) {
            case Command.IDENTIFY -> identify(word10 & 0xff, at(prp, 4096).memory());
            case Command.SET_FEATURES -> {
                return QUEUES - 1 | QUEUES - 1 << 16;
            }
            case Command.CREATE_CQ -> {
                queues[word10 & 0xffff] = new Queue();
                queues[word10 & 0xffff].completions = prp;
            }
            case Command.CREATE_SQ -> {
                queues[word10 & 0xffff].submissions = prp;
                queues[word10 & 0xffff].entries = (word10 >>> 16) + 1;
            }
            case Command.DELETE_SQ -> queues[word10 & 0xffff] = null;
            case Command.ABORT -> {
                return 1; // could not
            }
            default -> { }
        }
        return 0;
    }

    private void identify(int structure, MemorySegment page) {
        page.fill((byte) 0);
        if (structure == 1) {
            page.asSlice(4, 40).copyFrom(MemorySegment.ofArray("SERIAL              A model             ".getBytes()));
            page.set(ValueLayout.JAVA_BYTE, 77, (byte) MDTS);
            page.set(ValueLayout.JAVA_BYTE, 525, (byte) 1);
        } else if (structure == 2) {
            page.set(ValueLayout.JAVA_INT, 0, 1);
        } else {
            page.set(ValueLayout.JAVA_LONG, 0, BLOCKS);
            page.set(ValueLayout.JAVA_INT, 128, 9 << 16);
        }
    }

    private int io(DmaMemory entry) {
        int opcode = entry.getInt(0) & 0xff;
        if (opcode == Command.FLUSH) {
            return 0;
        }
        long block = entry.getLong(40);
        int count = (entry.getInt(48) & 0xffff) + 1;
        if (block + count > BLOCKS) {
            return 0x80 << 1;
        }
        long length = (long) count * BLOCK;
        long done = 0;
        while (done < length) {
            long address = page(entry, done, length);
            long size = Math.min(4096 - (address & 4095), length - done);
            MemorySegment data = at(address, size).memory();
            MemorySegment place = disk.asSlice(block * BLOCK + done, size);
            (opcode == Command.READ ? data : place).copyFrom(opcode == Command.READ ? place : data);
            done += size;
        }
        return 0;
    }

    /** Where byte {@code done} of a transfer is. */
    private long page(DmaMemory entry, long done, long length) {
        long first = entry.getLong(24);
        long second = entry.getLong(32);
        long inFirst = 4096 - (first & 4095);
        if (done < inFirst) {
            return first + done;
        }
        return length - inFirst <= 4096 ? second : at(second + (done - inFirst) / 4096 * 8, 8).getLong(0);
    }

    private DmaMemory at(long address, long size) {
        for (DmaMemory m : memory.values()) {
            if (address >= m.address() && address + size <= m.address() + m.size()) {
                return m.slice(address - m.address(), size);
            }
        }
        throw new AssertionError("the driver gave the address " + Long.toHexString(address) + ", which is nobody's");
    }

    @Override public PciDevice device() {
        throw new UnsupportedOperationException();
    }

    @Override public Mmio registers(int bar) {
        return new Mmio(registers);
    }

    @Override public Dma dma() {
        return new Dma() {
            @Override public boolean isBounded() {
                return true;
            }

            @Override public DmaMemory allocate(long bytes, long alignment) {
                synchronized (FakeNvme.this) {
                    DmaMemory m = new DmaMemory(Arena.ofAuto().allocate(bytes, 4096), nextAddress);
                    nextAddress += (bytes + 4095 & -4096) + 4096;
                    memory.put(m.address(), m);
                    return m;
                }
            }

            @Override public void free(DmaMemory m) {
                memory.remove(m.address());
            }

            @Override public long address(MemorySegment segment) {
                long begin = Allocation.begin();
                try {
                    return memory.values().stream().filter(m -> segment.address() >= m.memory().address()
                            && segment.address() + segment.byteSize() <= m.memory().address() + m.size())
                            .mapToLong(m -> m.address() + segment.address() - m.memory().address()).findFirst().orElse(-1);
                } finally {
                    Allocation.end(begin);
                }
            }
        };
    }

    int given() {
        return memory.size();
    }

    @Override public int config(int offset, int width) {
        return 0;
    }

    @Override public void config(int offset, int width, int value) { }

    @Override public int interrupts() {
        return QUEUES + 1;
    }

    @Override public List<Interrupt> interrupts(int count) {
        return List.copyOf(signals.subList(0, count));
    }

    @Override public void reset() throws DeviceException {
        throw new DeviceException(DeviceException.Reason.UNAVAILABLE, "none");
    }

    @Override public boolean isPresent() {
        return !vanished;
    }

    @Override public void close() {
        closed = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
