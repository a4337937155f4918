package org.cloudos.drv.nvme;

import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;

/** Controller properties. NVMe Base 2.0 §3.1.3. */
final class Registers {
    static final Reg64 CAP = Reg64.ro(0x00);  // see Capabilities
    static final Reg32 VS = Reg32.ro(0x08);   // version: major(31:16) minor(15:8) tertiary(7:0)
    static final Reg32 INTMS = Reg32.wo(0x0c);
    static final Reg32 CC = Reg32.rw(0x14);   // see Configuration
    static final Reg32 CSTS = Reg32.ro(0x1c); // see Status
    static final Reg32 AQA = Reg32.rw(0x24);  // admin queues' sizes, from 0: completion(27:16) submission(11:0)
    static final Reg64 ASQ = Reg64.rw(0x28);
    static final Reg64 ACQ = Reg64.rw(0x30);
    private static final int DOORBELLS = 0x1000;

    /** CAP. §3.1.3.1. */
    record Capabilities(long bits) {
        /** Entries that a queue can have. */
        int maxEntries() {
            return (int) (bits & 0xffff) + 1;
        }

        /** Milliseconds until a reset must be done. */
        int readyMs() {
            return Math.max(1, (int) (bits >>> 24 & 0xff)) * 500;
        }

        /** Bytes from one doorbell to the next. */
        int doorbellStride() {
            return 4 << (int) (bits >>> 32 & 0xf);
        }

        boolean hasNvmCommands() {
            return (bits >>> 37 & 1) != 0;
        }

        /** Bytes of the smallest memory page. */
        long minPage() {
            return 4096L << (int) (bits >>> 48 & 0xf);
        }
    }

    /** CC. §3.1.3.5. */
    static final class Configuration {
        static final int ENABLE = 1, PAGE_4K = 0, SHUT_DOWN = 1 << 14, SHUTDOWN_MASK = 3 << 14;
        /** Entries of 64 and 16 bytes, as powers of 2. */
        static final int ENTRY_SIZES = 6 << 16 | 4 << 20;

        private Configuration() { }
    }

    /** CSTS. §3.1.3.6. */
    record Status(int bits) {
        boolean ready() {
            return (bits & 1) != 0;
        }

        boolean fatal() {
            return (bits & 2) != 0;
        }

        boolean shutDown() {
            return (bits >>> 2 & 3) == 2;
        }

        /** Nothing answers on the bus. */
        boolean gone() {
            return bits == -1;
        }
    }

    private final Mmio mmio;
    private final int stride;

    Registers(Mmio mmio) {
        this.mmio = mmio;
        this.stride = capabilities().doorbellStride();
    }

    Capabilities capabilities() {
        return new Capabilities(mmio.readHalves(CAP));
    }

    Status status() {
        return new Status(mmio.read(CSTS));
    }

    int read(Reg32 register) {
        return mmio.read(register);
    }

    void write(Reg32 register, int value) {
        mmio.write(register, value);
    }

    void write(Reg64 register, long value) {
        mmio.writeHalves(register, value);
    }

    /** Queue y's submission doorbell. NVMe over PCIe Transport 1.0 §3.1.2. */
    Doorbell submission(int queue) {
        return doorbell(2 * queue);
    }

    Doorbell completion(int queue) {
        return doorbell(2 * queue + 1);
    }

    private Doorbell doorbell(int n) {
        long end = DOORBELLS + (n + 1L) * stride;
        if (end > mmio.size()) {
            throw new IndexOutOfBoundsException("doorbell " + n + ": expected registers up to " + end + ", found " + mmio.size());
        }
        return new Doorbell(mmio, Reg32.wo(DOORBELLS).at(n, stride));
    }

    /** Tells the controller how far a queue is. */
    record Doorbell(Mmio mmio, Reg32 register) {
        void ring(int index) {
            mmio.write(register, index);
        }
    }
}
