package org.cloudos.drv.file;

import org.cloudos.hal.block.BlockException;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.linux.LinuxException;

/** What errno(3) means for a block device. */
final class Failures {
    private static final int EPERM = 1, ENXIO = 6, EBADF = 9, ENODEV = 19, EINVAL = 22, ENOTTY = 25, EFBIG = 27, ENOSPC = 28, EROFS = 30,
            ENOSYS = 38, ENODATA = 61, EOPNOTSUPP = 95, ETIMEDOUT = 110, EDQUOT = 122;

    private Failures() { }

    static BlockException of(String device, String request, LinuxException e) {
        return new BlockException(device, request, status(e.errno()), e.getMessage(), e);
    }

    static BlockStatus status(int errno) {
        return switch (errno) {
            case EBADF, ENXIO, ENODEV -> BlockStatus.GONE;
            case ENOSPC, EDQUOT, EFBIG -> BlockStatus.NO_SPACE;
            case EROFS, EPERM -> BlockStatus.READ_ONLY;
            case ENODATA -> BlockStatus.MEDIUM_ERROR; // as the kernel's block layer has it
            case EOPNOTSUPP, ENOSYS, ENOTTY -> BlockStatus.UNSUPPORTED;
            case ETIMEDOUT -> BlockStatus.TIMED_OUT;
            default -> BlockStatus.DEVICE_ERROR;
        };
    }

    /** Whether there is no such ability here: direct I/O, holes, io_uring. */
    static boolean isUnsupported(LinuxException e) {
        return switch (e.errno()) {
            case EINVAL, EOPNOTSUPP, ENOSYS, ENOTTY, EPERM -> true;
            default -> false;
        };
    }
}
