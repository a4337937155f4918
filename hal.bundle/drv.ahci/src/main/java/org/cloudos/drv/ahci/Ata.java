package org.cloudos.drv.ahci;

import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.memory.DmaMemory;

/**
 * Commands as the FIS that carries them, of 20 bytes: 0 type 0x27(1) · 1 command bit(1) · 2 command(1) · 3 features(1) · 4 LBA 23:0(3) · 7 device(1) · 8
 * LBA 47:24(3) · 11 features 15:8(1) · 12 count(2) · 14 completion(1) · 15 control(1) · 16 reserved(4). Serial ATA 3.1 §10.5.5, ACS-3 §7.
 */
final class Ata {
    static final int READ = 0x25, WRITE = 0x35, READ_QUEUED = 0x60, WRITE_QUEUED = 0x61, WRITE_THROUGH = 0x3d, FLUSH = 0xea, DATA_SET = 0x06,
            IDENTIFY = 0xec, IDENTIFY_PACKET = 0xa1, PACKET = 0xa0, READ_LOG = 0x2f;
    /** Features of DATA SET MANAGEMENT, and of a packet whose data goes by DMA, to us. */
    static final int TRIM = 1, PACKET_DMA = 1, PACKET_TO_HOST = 1 << 2;
    /** The log of what failed of queued commands. */
    static final int QUEUED_ERROR_LOG = 0x10;
    static final int LBA = 1 << 6, FORCE_UNIT_ACCESS = 1 << 7;
    static final int FIS_SIZE = 20;
    /** Type of the FIS by which a device ends queued commands. */
    static final int DEVICE_BITS = 0xa1;
    private static final int HOST_TO_DEVICE = 0x27, IS_COMMAND = 1 << 15;
    /** Error register. ACS-3 §6.3. */
    private static final int NOT_FOUND = 1 << 4, UNCORRECTABLE = 1 << 6, CRC = 1 << 7;

    private Ata() { }

    /** Allocates nothing. */
    static void fis(DmaMemory to, long at, int command, int features, long lba, int count, int device) {
        to.putInt(at, HOST_TO_DEVICE | IS_COMMAND | command << 16 | (features & 0xff) << 24);
        to.putInt(at + 4, (int) lba & 0xffffff | device << 24);
        to.putInt(at + 8, (int) (lba >>> 24) & 0xffffff | (features >>> 8 & 0xff) << 24);
        to.putInt(at + 12, count & 0xffff);
        to.putInt(at + 16, 0);
    }

    /** What the error register says, as block devices say it. */
    static BlockStatus status(int error) {
        if ((error & (UNCORRECTABLE | CRC)) != 0) {
            return BlockStatus.MEDIUM_ERROR;
        }
        if ((error & NOT_FOUND) != 0) {
            return BlockStatus.OUT_OF_RANGE;
        }
        return BlockStatus.DEVICE_ERROR;
    }
}
