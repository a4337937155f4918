package org.cloudos.drv.ahci;

import org.cloudos.hal.memory.Reg32;

/** The controller's registers and those of a port. AHCI 1.3.1 §3. */
final class Registers {
    static final Reg32 CAP = Reg32.ro(0x00);  // see Capabilities
    static final Reg32 GHC = Reg32.rw(0x04);  // see below
    static final Reg32 IS = Reg32.rw(0x08);   // a bit a port; written ones clear
    static final Reg32 PI = Reg32.ro(0x0c);   // ports that there are
    static final Reg32 CAP2 = Reg32.ro(0x24); // 0 firmware may have the controller
    static final Reg32 BOHC = Reg32.rw(0x28); // handing it over: 0 firmware's · 1 ours

    /** GHC. §3.1.2. */
    static final int RESET = 1, INTERRUPTS = 1 << 1, AHCI = 1 << 31;
    static final int PORTS = 0x100, PORT_SIZE = 0x80, MOST_PORTS = 32;

    static final Reg32 CLB = Reg32.rw(0x00), CLBU = Reg32.rw(0x04); // command list
    static final Reg32 FB = Reg32.rw(0x08), FBU = Reg32.rw(0x0c);   // received FISes
    static final Reg32 PORT_IS = Reg32.rw(0x10); // see below; written ones clear
    static final Reg32 PORT_IE = Reg32.rw(0x14); // which of them interrupt
    static final Reg32 CMD = Reg32.rw(0x18);  // see below
    static final Reg32 TFD = Reg32.ro(0x20);  // 7:0 status · 15:8 error
    static final Reg32 SIG = Reg32.ro(0x24);  // what the device is
    static final Reg32 SSTS = Reg32.ro(0x28); // 3:0 detection: 3 is a device with a link
    static final Reg32 SCTL = Reg32.rw(0x2c); // 3:0 detection: 1 resets the link
    static final Reg32 SERR = Reg32.rw(0x30); // written ones clear
    static final Reg32 SACT = Reg32.rw(0x34); // queued commands that have not ended
    static final Reg32 CI = Reg32.rw(0x38);   // commands that the device has to take

    /** PxIS. §3.3.5. */
    static final int FIS_D2H = 1, FIS_PIO = 1 << 1, FIS_DMA = 1 << 2, FIS_BITS = 1 << 3, PROCESSED = 1 << 5, CONNECT = 1 << 6, LINK = 1 << 22,
            OVERFLOW = 1 << 24, INTERFACE = 1 << 26, INTERFACE_FATAL = 1 << 27, BUS_DATA = 1 << 28, BUS_FATAL = 1 << 29, TASK_FILE = 1 << 30;
    static final int ENDS = FIS_D2H | FIS_PIO | FIS_DMA | FIS_BITS | PROCESSED;
    static final int ERRORS = OVERFLOW | INTERFACE_FATAL | BUS_DATA | BUS_FATAL | TASK_FILE;
    static final int ALL = ENDS | ERRORS | CONNECT | LINK | INTERFACE;

    /** PxCMD. §3.3.7. */
    static final int START = 1, SPIN_UP = 1 << 1, POWER = 1 << 2, OVERRIDE = 1 << 3, RECEIVE = 1 << 4, RECEIVING = 1 << 14, RUNNING = 1 << 15,
            ATAPI = 1 << 24, ACTIVE = 1 << 28;
    /** PxTFD. */
    static final int ERROR = 1, WANTS_DATA = 1 << 3, BUSY = 1 << 7;
    /** PxSSTS, PxSCTL. */
    static final int DETECTION = 0xf, PRESENT = 3, RESET_LINK = 1;
    /** PxSERR: another device came meanwhile. §3.3.12. */
    static final int EXCHANGED = 1 << 26;
    /** PxSIG. ACS-3, Device Signatures. */
    static final int SIGNATURE_ATA = 0x0000_0101, SIGNATURE_ATAPI = 0xeb14_0101;

    /** CAP. §3.1.1. */
    record Capabilities(int bits) {
        int slots() {
            return (bits >>> 8 & 0x1f) + 1;
        }

        boolean commandListOverride() {
            return (bits & 1 << 24) != 0;
        }

        boolean queuing() {
            return (bits & 1 << 30) != 0;
        }

        boolean longAddresses() {
            return bits < 0;
        }
    }

    private Registers() { }
}
