package org.cloudos.drv.virtioblk;

import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.memory.Mmio;
import org.cloudos.hal.memory.Reg16;
import org.cloudos.hal.memory.Reg32;
import org.cloudos.hal.memory.Reg64;
import org.cloudos.hal.memory.Reg8;

/** A block device's configuration and what follows from it. Virtio 1.2 §5.2.4. */
record Configuration(BlockGeometry geometry, int queues, boolean writeZeroes) {
    static final long SIZE_MAX = 1 << 1, SEG_MAX = 1 << 2, READ_ONLY = 1 << 5, BLOCK_SIZE = 1 << 6, FLUSH = 1 << 9, TOPOLOGY = 1 << 10, QUEUES = 1 << 12,
            DISCARD = 1 << 13, WRITE_ZEROES = 1 << 14;
    static final int SECTOR = 512;
    private static final Reg64 CAPACITY = Reg64.ro(0);
    private static final Reg32 SIZE_MAX_BYTES = Reg32.ro(8), BLOCK_BYTES = Reg32.ro(20);
    private static final Reg8 PHYSICAL_EXPONENT = Reg8.ro(24);
    private static final Reg16 QUEUE_COUNT = Reg16.ro(34);
    private static final int CAPACITY_BYTES = 8;
    private static final int TRANSFER = 1 << 20, LARGEST_BLOCK = 1 << 16;

    /** @param features agreed on */
    static Configuration read(Mmio c, long features, String name) throws DeviceException {
        int bytes = has(features, QUEUES) ? 36 : has(features, TOPOLOGY) ? 25 : has(features, BLOCK_SIZE) ? 24 : has(features, SIZE_MAX) ? 12 : CAPACITY_BYTES;
        if (c == null || c.size() < bytes) { // each feature has its field, behind the ones before
            throw new DeviceException(Reason.MALFORMED, name + ": expected a configuration of at least " + bytes + " bytes, found "
                    + (c == null ? 0 : c.size()));
        }
        long sectors = c.readHalves(CAPACITY);
        int block = has(features, BLOCK_SIZE) ? c.read(BLOCK_BYTES) : SECTOR;
        if (Integer.bitCount(block) != 1 || block < SECTOR || block > LARGEST_BLOCK) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected blocks of 512 to 65536 bytes, a power of 2, found " + block);
        }
        if (sectors < 0 || sectors > Long.MAX_VALUE / SECTOR) {
            throw new DeviceException(Reason.MALFORMED, name + ": expected up to 2^54 sectors, found " + Long.toUnsignedString(sectors));
        }
        int exponent = has(features, TOPOLOGY) ? Math.min(c.read(PHYSICAL_EXPONENT), 4) : 0;
        int segment = has(features, SIZE_MAX) ? c.read(SIZE_MAX_BYTES) : TRANSFER;
        int transfer = segment <= 0 ? TRANSFER : Math.max(block, Math.min(TRANSFER, segment) / block * block);
        int queues = has(features, QUEUES) ? Math.max(1, c.read(QUEUE_COUNT)) : 1;
        boolean flush = has(features, FLUSH);
        return new Configuration(new BlockGeometry(block, block << exponent, sectors / (block / SECTOR), transfer, 1, has(features, READ_ONLY),
                flush, false, has(features, DISCARD), false), queues, has(features, WRITE_ZEROES));
    }

    private static boolean has(long features, long bit) {
        return (features & bit) != 0;
    }
}
