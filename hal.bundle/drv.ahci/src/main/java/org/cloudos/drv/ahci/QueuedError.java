package org.cloudos.drv.ahci;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.DeviceException.Reason;

/**
 * Which queued command failed, and why: the log 0x10, of 512 bytes that sum to 0: 0 not queued(bit 7) and tag(4:0) · 2 status(1) · 3 error(1) · 511
 * checksum(1). ACS-3 §A.7.
 *
 * @param tag -1 when the device doesn't say
 */
record QueuedError(int tag, int error) {
    private static final int SIZE = 512, NOT_QUEUED = 1 << 7;
    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);

    static QueuedError parse(MemorySegment log) {
        int sum = 0;
        for (int i = 0; i < SIZE; i++) {
            sum += log.get(ValueLayout.JAVA_BYTE, i);
        }
        int first = Byte.toUnsignedInt(log.get(ValueLayout.JAVA_BYTE, 0));
        boolean told = (sum & 0xff) == 0 && (first & NOT_QUEUED) == 0;
        return new QueuedError(told ? first & 0x1f : -1, Byte.toUnsignedInt(log.get(ValueLayout.JAVA_BYTE, 3)));
    }

    /** A device takes no queued command after one failed until it was asked. One that has no such log is reset, and greeted as a new one. */
    static QueuedError read(Port port) throws DeviceException {
        try {
            return parse(port.command(Ata.READ_LOG, 0, Ata.QUEUED_ERROR_LOG, 1, SIZE, null, LIMIT_NS));
        } catch (DeviceException e) {
            if (e.reason() != Reason.FAILED) {
                throw e;
            }
            port.reset();
            port.command(Ata.IDENTIFY, 0, 0, 0, AtaIdentity.SIZE, null, LIMIT_NS);
            return new QueuedError(-1, 0);
        }
    }
}
