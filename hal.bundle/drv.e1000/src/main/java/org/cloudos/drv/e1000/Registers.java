package org.cloudos.drv.e1000;

import org.cloudos.hal.memory.Reg32;

/** Registers of the 8254x family. PCI/PCI-X Family of Gigabit Ethernet Controllers Software Developer's Manual 4.0, §13. */
final class Registers {
    static final Reg32 CTRL = Reg32.rw(0x0000);   // see Control
    static final Reg32 STATUS = Reg32.ro(0x0008); // 0 full duplex · 1 link up · 7:6 speed
    static final Reg32 ICR = Reg32.ro(0x00c0);    // why it interrupted; reading clears it
    static final Reg32 ITR = Reg32.rw(0x00c4);    // least time between interrupts, 256 ns
    static final Reg32 IMS = Reg32.rw(0x00d0);    // interrupts to let through
    static final Reg32 IMC = Reg32.wo(0x00d8);    // interrupts to hold back
    static final Reg32 RCTL = Reg32.rw(0x0100);   // see Receive
    static final Reg32 TCTL = Reg32.rw(0x0400);   // see Send
    static final Reg32 TIPG = Reg32.rw(0x0410);   // gaps between frames
    static final Reg32 RDBAL = Reg32.rw(0x2800), RDBAH = Reg32.rw(0x2804), RDLEN = Reg32.rw(0x2808), RDH = Reg32.rw(0x2810), RDT = Reg32.rw(0x2818);
    static final Reg32 TDBAL = Reg32.rw(0x3800), TDBAH = Reg32.rw(0x3804), TDLEN = Reg32.rw(0x3808), TDH = Reg32.rw(0x3810), TDT = Reg32.rw(0x3818);
    static final Reg32 RXCSUM = Reg32.rw(0x5000); // 9 check TCP and UDP
    static final Reg32 MTA = Reg32.rw(0x5200);    // 128 words: a bit for each value of 12 bits of a group's address
    static final Reg32 RAL = Reg32.rw(0x5400), RAH = Reg32.rw(0x5404); // our address; 31 of the second: it is valid
    static final Reg32 MISSED = Reg32.ro(0x4010); // MPC: frames that there was no room for; reading clears it

    /** Causes, in ICR, IMS and IMC. §13.4.17. */
    static final int LINK_CHANGED = 1 << 2, RECEIVE_LOW = 1 << 4, RECEIVE_OVERRUN = 1 << 6, RECEIVED = 1 << 7, SENT = 1;

    /** §13.4.1. */
    static final int CTRL_LINK_UP = 1 << 6, CTRL_AUTO_SPEED = 1 << 5, CTRL_RESET = 1 << 26;
    /** §13.4.22: buffers of 2048 bytes, the check sequence is taken off. */
    static final int RECEIVE_ON = 1 << 1, ALL_UNICAST = 1 << 3, ALL_MULTICAST = 1 << 4, LONG_FRAMES = 1 << 5, BROADCAST = 1 << 15, STRIP_CHECK = 1 << 26;
    /** §13.4.33: short frames are filled up; collision values of the manual. */
    static final int SEND_ON = 1 << 1, FILL_UP = 1 << 3, COLLISIONS = 0x0f << 4 | 0x40 << 12;
    /** §13.4.34, copper. */
    static final int GAPS = 10 | 8 << 10 | 6 << 20;
    static final int ADDRESS_VALID = 1 << 31, CHECK_TRANSPORT = 1 << 9;

    private Registers() { }
}
