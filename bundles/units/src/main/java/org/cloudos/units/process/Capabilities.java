package org.cloudos.units.process;

import java.util.List;
import java.util.Locale;

/** Sets of capabilities as masks; capabilities(7). */
public final class Capabilities {
    private static final List<String> NAMES = List.of("CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
            "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER", "SYS_MODULE", "SYS_RAWIO",
            "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE", "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE",
            "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP", "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
            "CHECKPOINT_RESTORE");
    /** All that there are. */
    public static final long ALL = (1L << NAMES.size()) - 1;

    private Capabilities() { }

    /** One, by names such as {@code CAP_KILL}. */
    public static long of(String name) {
        String upper = name.toUpperCase(Locale.ROOT);
        int bit = upper.startsWith("CAP_") ? NAMES.indexOf(upper.substring(4)) : -1;
        if (bit < 0) {
            throw new IllegalArgumentException("expected capabilities such as CAP_NET_BIND_SERVICE, found " + name);
        }
        return 1L << bit;
    }

    /**
     * What lines of {@code CapabilityBoundingSet=} and the like say together: a line adds, one with {@code ~} takes away.
     *
     * @param start where they begin when the first line takes away
     */
    public static long set(List<List<String>> lines, long start) {
        long set = 0;
        boolean first = true;
        for (List<String> words : lines) {
            boolean invert = !words.isEmpty() && words.getFirst().startsWith("~");
            long mask = 0;
            for (String word : words) {
                String name = word.startsWith("~") ? word.substring(1) : word;
                mask |= name.isEmpty() ? 0 : of(name);
            }
            set = invert ? (first ? start : set) & ~mask : set | mask;
            first = false;
        }
        return set;
    }
}
