package org.cloudos.drv.nvme;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.cloudos.hal.DeviceException;

/**
 * Identify Namespace: 0 NSZE(8) · 24 NSFEAT(1) · 26 FLBAS(1) · 99 NSATTR(1) · 128 LBA formats(4 each): 2:1 relative performance, 23:16 size as
 * a power of 2, 15:0 metadata. NVM Command Set 1.0 §4.1.5.1.
 *
 * @param blocks    logical ones
 * @param blockSize bytes, 512 to 65,536
 */
record NamespaceIdentity(int number, long blocks, int blockSize, boolean readOnly) {
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

    static NamespaceIdentity parse(int number, MemorySegment b) throws DeviceException {
        int format = b.get(ValueLayout.JAVA_BYTE, 26) & 0xf;
        int bits = b.get(INT, 128 + 4L * format);
        int shift = bits >>> 16 & 0xff;
        int metadata = bits & 0xffff;
        if (shift < 9 || shift > 16) {
            throw new DeviceException(DeviceException.Reason.MALFORMED, "namespace " + number + ": expected blocks of 2^9 to 2^16 bytes, found 2^" + shift);
        }
        if (metadata != 0) {
            throw new DeviceException(DeviceException.Reason.ABSENT, "namespace " + number + ": blocks with " + metadata
                    + " bytes of metadata are not supported; format it without");
        }
        long blocks = b.get(LONG, 0);
        if (blocks < 0 || blocks > Long.MAX_VALUE >>> shift) {
            throw new DeviceException(DeviceException.Reason.MALFORMED, "namespace " + number + ": expected up to 2^" + (63 - shift)
                    + " blocks, found " + Long.toUnsignedString(blocks));
        }
        return new NamespaceIdentity(number, blocks, 1 << shift, (b.get(ValueLayout.JAVA_BYTE, 99) & 1) != 0);
    }
}
