package org.cloudos.drv.nvme;

import org.cloudos.hal.memory.DmaMemory;

/**
 * A submission entry of 64 bytes, written in place, so that nothing is allocated: 0 opcode(1) · 1 flags(1) · 2 id(2) · 4 namespace(4)
 * · 8 reserved(8) · 16 metadata(8) · 24 PRP 1(8) · 32 PRP 2(8) · 40 six command words(4). NVMe Base 2.0 §3.3.3.1.
 */
final class Command {
    static final int SIZE = 64;
    /** Admin commands. §5. */
    static final int DELETE_SQ = 0x00, CREATE_SQ = 0x01, GET_LOG = 0x02, DELETE_CQ = 0x04, CREATE_CQ = 0x05, IDENTIFY = 0x06, ABORT = 0x08,
            SET_FEATURES = 0x09;
    /** NVM commands. NVM Command Set 1.0 §3. */
    static final int FLUSH = 0x00, WRITE = 0x01, READ = 0x02, WRITE_ZEROES = 0x08, DATASET_MANAGEMENT = 0x09;
    /** Of a write's word 12: on the medium when it completes. */
    static final int FORCE_UNIT_ACCESS = 1 << 30;
    /** Of dataset management's word 11: the range holds nothing of worth. */
    static final int DEALLOCATE = 1 << 2;

    /** Of the flags: the data pointer is a descriptor of an SGL. NVMe Base 2.0 §4.1.2. */
    static final int SGL = 1 << 14;

    private Command() { }

    static void write(DmaMemory queue, int slot, int opcode, int id, int namespace, long prp1, long prp2) {
        long at = (long) slot * SIZE;
        queue.putInt(at, opcode | id << 16);
        queue.putInt(at + 4, namespace);
        queue.putLong(at + 8, 0);
        queue.putLong(at + 16, 0);
        queue.putLong(at + 24, prp1);
        queue.putLong(at + 32, prp2);
        for (int word = 40; word < SIZE; word += 8) {
            queue.putLong(at + word, 0);
        }
    }

    /** A transfer in one piece: a data block descriptor, address(8) · length(4) · reserved(3) · type 0(1). §4.1.2.1. */
    static void sgl(DmaMemory queue, int slot, long address, int length) {
        long at = (long) slot * SIZE;
        queue.putInt(at, queue.getInt(at) | SGL);
        queue.putLong(at + 24, address);
        queue.putLong(at + 32, Integer.toUnsignedLong(length));
    }

    /** @param number 10 to 15 */
    static void word(DmaMemory queue, int slot, int number, int value) {
        queue.putInt((long) slot * SIZE + number * 4L, value);
    }
}
