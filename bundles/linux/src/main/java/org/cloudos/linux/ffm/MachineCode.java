package org.cloudos.linux.ffm;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.HexFormat;
import org.cloudos.linux.LinuxException;
import org.cloudos.linux.machine.MachineRegisters;
import org.osgi.service.component.annotations.Component;

/**
 * Functions of a few instructions on a page of their own, which is written first and then made executable and read-only: it is never
 * both. The page stays until the process ends, since nobody can know who still runs in it.
 *
 * <p>The functions for ports allow the port to the thread that runs them ({@code ioperm(2)}) and use it in one call: whichever thread
 * comes, an instruction that the kernel does not allow, which would end the process, is not reached.
 */
@Component
public final class MachineCode implements MachineRegisters {
    private static final int X86_IN = 0x10, X86_OUT = 0x40, ARM_HERTZ = 0x0c, PAGE = 4096;
    /*
     * 00 lfence; rdtsc; shl rdx,32; or rax,rdx; ret
     * 10 mov r8,rdi; mov eax,173 (ioperm); mov edx,1; syscall; test rax,rax; js 36; mov rdx,r8; xor eax,eax; cmp esi,2; jb 32; je 34;
     *    in eax,dx; ret; 32 in al,dx; ret; 34 in ax,dx; 36 ret
     * 40 mov r8,rdi; mov r9,rdx; mov eax,173; mov edx,1; syscall; test rax,rax; js 6e; mov rdx,r8; mov rax,r9; cmp esi,2; jb 67; je 6a;
     *    out dx,eax; jmp 6c; 67 out dx,al; jmp 6c; 6a out dx,ax; 6c xor eax,eax; 6e ret
     */
    private static final String X86 = "0faee8 0f31 48c1e220 4809d0 c3 0f1f00"
            + "4989f8 b8ad000000 ba01000000 0f05 4885c0 7812 4c89c2 31c0 83fe02 7204 7404 ed c3 ec c3 66ed c3 660f1f840000000000"
            + "4989f8 4989d1 b8ad000000 ba01000000 0f05 4885c0 7817 4c89c2 4c89c8 83fe02 7205 7406 ef eb05 ee eb02 66ef 31c0 c3";
    /** 00 isb; mrs x0,cntvct_el0; ret; 0c mrs x0,cntfrq_el0; ret. */
    private static final String ARM = "df3f03d5 40e03bd5 c0035fd6 00e03bd5 c0035fd6";
    private static final int PROT_READ_WRITE = 3, PROT_READ_EXEC = 5, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20;
    private static final int PR_GET_TSC = 25, PR_TSC_ENABLE = 1;

    private enum Processor { X86, ARM, OTHER }

    private final Processor processor = switch (System.getProperty("os.arch")) {
        case "amd64" -> Processor.X86;
        case "aarch64" -> Processor.ARM;
        default -> Processor.OTHER;
    };
    private MemorySegment page; // guarded by this, as all below
    private MethodHandle in;
    private MethodHandle out;

    @Override public Counter counter() throws LinuxException {
        if (processor == Processor.X86 && !isCounterAllowed()) {
            throw new LinuxException("read of the time stamp counter, which is switched off for this process (prctl PR_SET_TSC)", Libc.EOPNOTSUPP,
                    "not supported");
        }
        MethodHandle read = function(0, FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false));
        return () -> {
            try {
                return (long) read.invokeExact();
            } catch (Throwable e) {
                throw Libc.threw(e);
            }
        };
    }

    /** Where it is not, the instruction would end the process. */
    private static boolean isCounterAllowed() throws LinuxException {
        MethodHandle prctl = Libc.linkVariadic("prctl", 1, JAVA_INT, JAVA_INT, ADDRESS);
        try (var arena = java.lang.foreign.Arena.ofConfined()) {
            MemorySegment mode = arena.allocate(JAVA_INT);
            OpenDevice.must("prctl PR_GET_TSC", s -> (int) prctl.invokeExact(s, PR_GET_TSC, mode));
            return mode.get(JAVA_INT, 0) == PR_TSC_ENABLE;
        }
    }

    @Override public long counterHertz() throws LinuxException {
        if (processor != Processor.ARM) {
            return 0;
        }
        try {
            return (long) function(ARM_HERTZ, FunctionDescriptor.of(JAVA_LONG), Linker.Option.critical(false)).invokeExact();
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    @Override public int in(int port, int width) throws LinuxException {
        check(port, width);
        try {
            return (int) allowed((long) portIn().invokeExact(port, width), port);
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    @Override public void out(int port, int width, int value) throws LinuxException {
        check(port, width);
        try {
            allowed((long) portOut().invokeExact(port, width, value), port);
        } catch (LinuxException e) {
            throw e;
        } catch (Throwable e) {
            throw Libc.threw(e);
        }
    }

    private synchronized MethodHandle portIn() throws LinuxException {
        if (in == null) {
            in = function(X86_IN, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT));
        }
        return in;
    }

    private synchronized MethodHandle portOut() throws LinuxException {
        if (out == null) {
            out = function(X86_OUT, FunctionDescriptor.of(JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT));
        }
        return out;
    }

    private static long allowed(long result, int port) throws LinuxException {
        if (result < 0) {
            throw Libc.failure("I/O port 0x" + Integer.toHexString(port), (int) -result);
        }
        return result;
    }

    private void check(int port, int width) throws LinuxException {
        if (processor != Processor.X86) {
            throw new LinuxException("I/O port 0x" + Integer.toHexString(port) + " on a processor that has none", Libc.EOPNOTSUPP, "not supported");
        }
        if (width != 1 && width != 2 && width != 4 || port < 0 || port + width > 0x10000 || port % width != 0) {
            throw new IllegalArgumentException("I/O port: expected 1, 2 or 4 bytes, aligned, below 65536, found " + width + " at " + port);
        }
    }

    private MethodHandle function(long offset, FunctionDescriptor descriptor, Linker.Option... options) throws LinuxException {
        return Linker.nativeLinker().downcallHandle(page().asSlice(offset), descriptor, options);
    }

    private synchronized MemorySegment page() throws LinuxException {
        if (page == null) {
            if (processor == Processor.OTHER) {
                throw new LinuxException("machine code for " + System.getProperty("os.arch"), Libc.EOPNOTSUPP, "not supported");
            }
            byte[] code = HexFormat.of().parseHex((processor == Processor.X86 ? X86 : ARM).replace(" ", ""));
            MemorySegment written = map();
            MemorySegment.copy(code, 0, written, JAVA_BYTE, 0, code.length);
            MethodHandle mprotect = Libc.link("mprotect", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
            OpenDevice.must("execution of memory of ours", s -> (int) mprotect.invokeExact(s, written, (long) PAGE, PROT_READ_EXEC));
            page = written; // the kernel makes the instruction cache coherent when it lets a page be executed
        }
        return page;
    }

    private static MemorySegment map() throws LinuxException {
        MethodHandle mmap = Libc.link("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
        long address = OpenDevice.must("map of a page", s -> (long) mmap.invokeExact(s, 0L, (long) PAGE, PROT_READ_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0L));
        return MemorySegment.ofAddress(address).reinterpret(PAGE);
    }
}
