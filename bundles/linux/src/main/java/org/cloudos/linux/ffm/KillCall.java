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
import org.cloudos.linux.Signals;
import org.osgi.service.component.annotations.Component;

/** {@code kill(2)} through the C library. Delayed by DS: linking a downcall is slow, so it waits for a first use. */
@Component
public final class KillCall implements Signals {
    private static final MemoryLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final int ESRCH = 3;
    private static final int EPERM = 1;
    private static final int LAST_SIGNAL = 64;

    private final MethodHandle kill;

    public KillCall() {
        Linker linker = Linker.nativeLinker();
        kill = linker.downcallHandle(linker.defaultLookup().findOrThrow("kill"),
                FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT),
                Linker.Option.captureCallState("errno"));
    }

    @Override
    public void send(long pid, int signal) throws LinuxException {
        if (pid <= 0 || pid > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("pid: expected 1 to " + Integer.MAX_VALUE + ", found " + pid);
        }
        if (signal < 0 || signal > LAST_SIGNAL) {
            throw new IllegalArgumentException("signal: expected 0 to " + LAST_SIGNAL + ", found " + signal);
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            if (invoke(state, (int) pid, signal) != 0) {
                int errno = (int) ERRNO.get(state, 0L);
                throw new LinuxException("kill " + pid, errno, name(errno));
            }
        }
    }

    private int invoke(MemorySegment state, int pid, int signal) {
        try {
            return (int) kill.invokeExact(state, pid, signal);
        } catch (Throwable e) {
            throw new AssertionError("kill(2) throws nothing", e);
        }
    }

    private static String name(int errno) {
        return switch (errno) {
            case ESRCH -> "no such process";
            case EPERM -> "not permitted";
            default -> "refused";
        };
    }
}
