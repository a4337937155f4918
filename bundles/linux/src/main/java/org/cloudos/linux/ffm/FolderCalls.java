package org.cloudos.linux.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.util.concurrent.atomic.AtomicBoolean;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.file.LinuxFolders;
import org.osgi.service.component.annotations.Component;

/** {@code openat2(2)} by its number: the C library has no function for it. struct open_how: flags(8) mode(8) resolve(8). */
@Component
public final class FolderCalls implements LinuxFolders {
    private static final long OPENAT2 = 437, HOW_BYTES = 24;
    private static final int AT_FDCWD = -100;
    private static final long O_NOFOLLOW = 0x20000, O_CLOEXEC = 0x80000, O_PATH = 0x200000, O_DIRECTORY = 0x10000;
    /** Of aarch64, where these two have each other's places. */
    private static final long ARM_O_DIRECTORY = 0x4000, ARM_O_NOFOLLOW = 0x8000;
    private static final long NO_MAGICLINKS = 0x02, NO_SYMLINKS = 0x04, BENEATH = 0x08;
    private static final boolean ARM = System.getProperty("os.arch").equals("aarch64");

    private final MethodHandle syscall = Libc.linkVariadic("syscall", 1, ValueLayout.JAVA_LONG, ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private final MethodHandle close = Libc.link("close", ValueLayout.JAVA_INT, ValueLayout.JAVA_INT);

    /** Delayed by DS: linking is slow. */
    public FolderCalls() { }

    @Override public Place open(String folder) throws LinuxException {
        return new Descriptor(openat2(AT_FDCWD, folder, O_PATH | O_CLOEXEC | (ARM ? ARM_O_DIRECTORY : O_DIRECTORY), 0));
    }

    private int openat2(int at, String path, long flags, long resolve) throws LinuxException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocate(HOW_BYTES, 8);
            how.set(ValueLayout.JAVA_LONG, 0, flags);
            how.set(ValueLayout.JAVA_LONG, 16, resolve);
            MemorySegment state = Libc.state(), text = arena.allocateFrom(path);
            long result = (long) syscall.invokeExact(state, OPENAT2, at, text, how, HOW_BYTES);
            if (result < 0) {
                throw Libc.failure("openat2 of " + path, Libc.errno(state));
            }
            return (int) result;
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    /** One that is open. */
    private final class Descriptor implements Place {
        private final int number;
        private final AtomicBoolean closed = new AtomicBoolean();

        Descriptor(int number) {
            this.number = number;
        }

        @Override public String path() {
            return "/proc/self/fd/" + number;
        }

        @Override public Place open(String relative) throws LinuxException {
            return new Descriptor(openat2(number, relative, O_PATH | O_CLOEXEC | (ARM ? ARM_O_NOFOLLOW : O_NOFOLLOW),
                    BENEATH | NO_SYMLINKS | NO_MAGICLINKS));
        }

        @Override public void close() {
            if (closed.compareAndSet(false, true)) {
                try {
                    int ignored = (int) close.invokeExact(Libc.state(), number);
                } catch (Throwable e) {
                    throw Libc.threw(e);
                }
            }
        }
    }
}
