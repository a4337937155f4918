package org.cloudos.hal.block;

/**
 * Sizes and abilities of a block device.
 *
 * @param blockSize     bytes of a logical block: a power of 2, 512 to 65,536
 * @param physicalBlock bytes that the device writes at once; a smaller write is read, changed and written by it
 * @param blocks        how many
 * @param maxTransfer   bytes of one request at most; larger ones are split
 * @param alignment     of memory, in bytes, that goes to the device without a copy; a power of 2
 * @param readOnly      writes are refused
 * @param volatileCache a write is safe only after a flush
 * @param fua           a single write can be safe without a flush of all
 * @param discard       {@link BlockDevice#discard} does something
 * @param rotational    near blocks are reached faster than far ones
 */
public record BlockGeometry(int blockSize, int physicalBlock, long blocks, int maxTransfer, int alignment, boolean readOnly,
        boolean volatileCache, boolean fua, boolean discard, boolean rotational) {
    public BlockGeometry {
        powerOfTwo("blockSize", blockSize, 512, 65_536);
        powerOfTwo("physicalBlock", physicalBlock, blockSize, 1 << 20);
        powerOfTwo("alignment", alignment, 1, 1 << 20);
        if (blocks < 0 || blocks > Long.MAX_VALUE / blockSize) {
            throw new IllegalArgumentException("blocks: expected 0 to " + Long.MAX_VALUE / blockSize + ", found " + blocks);
        }
        if (maxTransfer < blockSize || maxTransfer % blockSize != 0) {
            throw new IllegalArgumentException("maxTransfer: expected a multiple of " + blockSize + ", found " + maxTransfer);
        }
    }

    private static void powerOfTwo(String what, int value, int least, int most) {
        if (Integer.bitCount(value) != 1 || value < least || value > most) {
            throw new IllegalArgumentException(what + ": expected a power of 2 from " + least + " to " + most + ", found " + value);
        }
    }

    /** The whole device's size in bytes. */
    public long bytes() {
        return blocks * blockSize;
    }
}
