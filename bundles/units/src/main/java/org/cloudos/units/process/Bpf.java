package org.cloudos.units.process;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Collection;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.Map;

/** Filters of system calls, assembled for seccomp(2): classic BPF over {@code struct seccomp_data}: 0 nr · 4 arch · 8 ip · 16 args. */
public final class Bpf {
    /** Verdicts. */
    public static final int ALLOW = 0x7fff0000;
    /** The process ends with SIGSYS. */
    public static final int KILL = 0x80000000;
    /** Allowed, and written to the kernel's log. */
    public static final int LOG = 0x7ffc0000;
    private static final int ERRNO = 0x00050000;
    private static final int LOAD = 0x20;
    private static final int EQUAL = 0x15;
    private static final int AT_LEAST = 0x35;
    private static final int RETURN = 0x06;
    private static final int AND = 0x54;
    private static final int X86_64 = 0xc000003e;
    private static final int X32 = 0x40000000;
    private static final int ARGS = 16;

    private final ByteArrayOutputStream code = new ByteArrayOutputStream();

    private Bpf() { }

    /** The call fails with an error number. */
    public static int errno(int number) {
        return ERRNO | number & 0xffff;
    }

    /**
     * Calls by number.
     *
     * @param verdicts by call
     * @param others   what all other calls get
     * @param foreign  what calls of other architectures (32 bit, x32) get
     */
    public static String calls(Map<Integer, Integer> verdicts, int others, int foreign) {
        Bpf b = new Bpf().architecture(foreign);
        new TreeMap<>(verdicts).forEach((call, verdict) -> b.op(EQUAL, 0, 1, call).op(RETURN, 0, 0, verdict));
        return b.op(RETURN, 0, 0, others).hex();
    }

    /** Only this processor's own calls. */
    public static String nativeOnly() {
        return new Bpf().architecture(KILL).op(RETURN, 0, 0, ALLOW).hex();
    }

    /** {@code call} is refused when the bits of an argument that {@code mask} has are {@code value}. */
    public record Rule(int call, int argument, int mask, int value) { }

    /** Calls with arguments that are refused; all else is allowed. @param foreign what calls of other architectures get */
    public static String refuse(Collection<Rule> rules, int error, int foreign) {
        Bpf b = new Bpf().architecture(foreign);
        for (Rule rule : rules) {
            b.op(LOAD, 0, 0, 0).op(EQUAL, 0, 4, rule.call());
            b.op(LOAD, 0, 0, ARGS + 8 * rule.argument()).op(AND, 0, 0, rule.mask()).op(EQUAL, 0, 1, rule.value()).op(RETURN, 0, 0, errno(error));
        }
        return b.op(RETURN, 0, 0, ALLOW).hex();
    }

    /** A call is refused unless an argument is one of some values. */
    public static String refuseOther(int call, int argument, List<Integer> values, int error) {
        Bpf b = new Bpf().architecture(KILL).op(EQUAL, 1, 0, call).op(RETURN, 0, 0, ALLOW).op(LOAD, 0, 0, ARGS + 8 * argument);
        values.forEach(v -> b.op(EQUAL, 0, 1, v).op(RETURN, 0, 0, ALLOW));
        return b.op(RETURN, 0, 0, errno(error)).hex();
    }

    /** The families of socket(2). @param allow whether those are the only ones, or the only ones not */
    public static String families(List<Integer> families, boolean allow, int socketCall) {
        Bpf b = new Bpf().architecture(KILL).op(EQUAL, 1, 0, socketCall).op(RETURN, 0, 0, ALLOW).op(LOAD, 0, 0, ARGS);
        int error = errno(97);
        families.forEach(f -> b.op(EQUAL, 0, 1, f).op(RETURN, 0, 0, allow ? ALLOW : error));
        return b.op(RETURN, 0, 0, allow ? error : ALLOW).hex();
    }

    /** Another architecture gets its verdict; then the call's number is loaded. */
    private Bpf architecture(int foreign) {
        return op(LOAD, 0, 0, 4).op(EQUAL, 1, 0, X86_64).op(RETURN, 0, 0, foreign).op(LOAD, 0, 0, 0).op(AT_LEAST, 0, 1, X32).op(RETURN, 0, 0, foreign);
    }

    private Bpf op(int operation, int whenTrue, int whenFalse, int constant) {
        ByteBuffer one = ByteBuffer.allocate(8).order(ByteOrder.nativeOrder());
        code.writeBytes(one.putShort((short) operation).put((byte) whenTrue).put((byte) whenFalse).putInt(constant).array());
        return this;
    }

    private String hex() {
        return HexFormat.of().formatHex(code.toByteArray());
    }
}
