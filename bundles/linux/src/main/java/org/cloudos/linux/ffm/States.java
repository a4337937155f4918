package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.FileState;

/** {@code statx(2)} and the {@code ioctl}s of block devices (linux/fs.h). */
final class States {
    static final long BLKDISCARD = 0x1277, BLKZEROOUT = 0x127f;
    static final MethodHandle IOCTL = Libc.linkVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final long BLKGETSIZE64 = 0x80081272L, BLKSSZGET = 0x1268, BLKPBSZGET = 0x127b, BLKROGET = 0x125e, BLKROTATIONAL = 0x127e;
    private static final MethodHandle STATX = Libc.link("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final int AT_EMPTY_PATH = 0x1000, STATX_BASIC = 0x7ff, STATX_DIOALIGN = 0x2000;
    // struct statx: 0 mask(4) · 4 blksize(4) · 28 mode(2) · 32 ino(8) · 40 size(8) · 136 dev_major(4) · 140 dev_minor(4)
    //               · 152 dio_mem_align(4) · 156 dio_offset_align(4)
    private static final int SIZE = 256, BLKSIZE = 4, MODE = 28, INO = 32, LENGTH = 40, MAJOR = 136, MINOR = 140, DIO_MEMORY = 152, DIO_OFFSET = 156;
    private static final int S_IFMT = 0xf000, S_IFREG = 0x8000, S_IFBLK = 0x6000;
    private static final int SECTOR = 512, PAGE = 4096;

    private States() { }

    static FileState of(int fd, String path, boolean direct) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(SIZE, 8), empty = arena.allocateFrom("");
            long result = Descriptor.call(state -> (int) STATX.invokeExact(state, fd, empty, AT_EMPTY_PATH, STATX_BASIC | STATX_DIOALIGN, buffer));
            if (result < 0) {
                throw Libc.failure("statx of " + path, (int) -result);
            }
            long device = (long) buffer.get(JAVA_INT, MAJOR) << 32 | Integer.toUnsignedLong(buffer.get(JAVA_INT, MINOR));
            int type = buffer.get(JAVA_SHORT, MODE) & S_IFMT;
            if (type == S_IFBLK) {
                return device(fd, path, direct, device, buffer.get(JAVA_LONG, INO));
            }
            boolean told = (buffer.get(JAVA_INT, 0) & STATX_DIOALIGN) != 0 && buffer.get(JAVA_INT, DIO_OFFSET) > 0;
            int logical = told ? Math.max(SECTOR, buffer.get(JAVA_INT, DIO_OFFSET)) : direct ? PAGE : SECTOR;
            int memory = !direct ? 1 : told ? buffer.get(JAVA_INT, DIO_MEMORY) : PAGE;
            return new FileState(type == S_IFREG ? FileState.Kind.FILE : FileState.Kind.OTHER, buffer.get(JAVA_LONG, LENGTH), device,
                    buffer.get(JAVA_LONG, INO), logical, Math.max(logical, buffer.get(JAVA_INT, BLKSIZE)), memory, direct, false, false);
        }
    }

    private static FileState device(int fd, String path, boolean direct, long device, long inode) throws LinuxException {
        int logical = (int) ask(fd, path, BLKSSZGET), physical = (int) ask(fd, path, BLKPBSZGET);
        return new FileState(FileState.Kind.BLOCK_DEVICE, ask(fd, path, BLKGETSIZE64), device, inode, logical, Math.max(logical, physical),
                direct ? Math.max(SECTOR, logical) : 1, direct, ask(fd, path, BLKROGET) != 0, (short) ask(fd, path, BLKROTATIONAL) != 0);
    }

    /** An ioctl that fills in a number, of 2, 4 or 8 bytes: little-endian, so that the rest is zero. */
    private static long ask(int fd, String path, long request) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment answer = arena.allocate(JAVA_LONG);
            long result = Descriptor.call(state -> (int) IOCTL.invokeExact(state, fd, request, answer));
            if (result < 0) {
                throw Libc.failure("ioctl 0x" + Long.toHexString(request) + " of " + path, (int) -result);
            }
            return answer.get(JAVA_LONG, 0);
        }
    }
}
