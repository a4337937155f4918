package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.Set;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.LinuxFile;
import org.cloudos.linux.file.LinuxFiles;
import org.cloudos.linux.file.RequestRing;
import org.osgi.service.component.annotations.Component;

/** {@code open(2)}, and what comes after it. */
@Component
public final class FileCalls implements LinuxFiles {
    private static final int O_RDWR = 2, O_CREAT = 0100, O_EXCL = 0200, O_CLOEXEC = 02000000, MODE = 0600;
    /** Differs by architecture: asm/fcntl.h. */
    private static final int O_DIRECT = System.getProperty("os.arch").equals("aarch64") ? 0200000 : 040000;
    private static final MethodHandle OPEN = Libc.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);

    /** For the framework, and for programs without one. */
    public FileCalls() { }

    @Override public LinuxFile open(String path, Set<Open> how) throws LinuxException {
        int flags = O_CLOEXEC | (how.contains(Open.WRITE) ? O_RDWR : 0) | (how.contains(Open.CREATE) ? O_CREAT : 0)
                | (how.contains(Open.EXCLUSIVE) ? O_EXCL : 0) | (how.contains(Open.DIRECT) ? O_DIRECT : 0);
        return new Descriptor(open(path, flags), path, how.contains(Open.DIRECT));
    }

    /** @return a descriptor */
    static int open(String path, int flags) throws LinuxException {
        MemorySegment state = Libc.state();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment name = arena.allocateFrom(path);
            while (true) {
                int fd = (int) OPEN.invokeExact(state, name, flags, MODE);
                if (fd >= 0) {
                    return fd;
                }
                int errno = Libc.errno(state);
                if (errno != Libc.EINTR) {
                    throw Libc.failure("open " + path, errno);
                }
            }
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    @Override public RequestRing ring(LinuxFile file, int entries) throws LinuxException {
        if (!(file instanceof Descriptor descriptor)) {
            throw new IllegalArgumentException("file: expected one that was opened here, found " + file.getClass().getName());
        }
        return new IoUring(descriptor, entries);
    }
}
