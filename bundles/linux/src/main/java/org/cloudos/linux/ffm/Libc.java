package org.cloudos.linux.ffm;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import org.cloudos.linux.LinuxException;

/**
 * Functions of the C library. Each downcall that can fail takes the calling thread's {@link #state} first, and leaves
 * {@code errno} there.
 */
final class Libc {
    static final int EPERM = 1, EINTR = 4, EBADF = 9, EAGAIN = 11, EBUSY = 16, EINVAL = 22, EIO = 5, ENOSYS = 38, ETIME = 62, EOPNOTSUPP = 95;
    private static final int LONGEST_MESSAGE = 256;
    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATES = ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(STATE));
    private static final MethodHandle STRERROR = LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow("strerror"),
            FunctionDescriptor.of(ValueLayout.ADDRESS, ValueLayout.JAVA_INT));

    private Libc() { }

    /** A function that leaves errno in its first argument. */
    static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"));
    }

    /** One that leaves errno nowhere: nothing is allocated for its call, whatever the compiler. Ask {@link #link}'s again why it failed. */
    static MethodHandle linkPlain(String name, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments));
    }

    /** As {@link #link}, of a function with variable arguments from {@code firstVariable} on. */
    static MethodHandle linkVariadic(String name, int firstVariable, MemoryLayout result, MemoryLayout... arguments) {
        return LINKER.downcallHandle(LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(firstVariable));
    }

    /** Where this thread's calls leave errno. */
    static MemorySegment state() {
        return STATES.get();
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    static LinuxException failure(String call, int errno) {
        String name;
        try {
            name = ((MemorySegment) STRERROR.invokeExact(errno)).reinterpret(LONGEST_MESSAGE).getString(0);
        } catch (Throwable e) {
            throw threw(e);
        }
        return new LinuxException(call, errno, Character.toLowerCase(name.charAt(0)) + name.substring(1));
    }

    /** C throws nothing; an {@link Error} of the JVM passes. */
    static AssertionError threw(Throwable e) {
        if (e instanceof RuntimeException r) {
            throw r;
        }
        if (e instanceof Error error) {
            throw error;
        }
        return new AssertionError("C throws nothing", e);
    }
}
