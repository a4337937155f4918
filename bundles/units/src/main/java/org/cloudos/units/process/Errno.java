package org.cloudos.units.process;

import java.util.List;

/** Error numbers of Linux (x86-64 and arm64), by name. */
public final class Errno {
    private static final List<String> NAMES = List.of("", "EPERM", "ENOENT", "ESRCH", "EINTR", "EIO", "ENXIO", "E2BIG", "ENOEXEC", "EBADF", "ECHILD",
            "EAGAIN", "ENOMEM", "EACCES", "EFAULT", "ENOTBLK", "EBUSY", "EEXIST", "EXDEV", "ENODEV", "ENOTDIR", "EISDIR", "EINVAL", "ENFILE", "EMFILE",
            "ENOTTY", "ETXTBSY", "EFBIG", "ENOSPC", "ESPIPE", "EROFS", "EMLINK", "EPIPE", "EDOM", "ERANGE", "EDEADLK", "ENAMETOOLONG", "ENOLCK",
            "ENOSYS", "ENOTEMPTY", "ELOOP");
    private static final java.util.Map<String, Integer> MORE = java.util.Map.ofEntries(number("EADDRINUSE", 98), number("EADDRNOTAVAIL", 99),
            number("ENETUNREACH", 101),
            number("EAFNOSUPPORT", 97), number("EOPNOTSUPP", 95), number("EPROTONOSUPPORT", 93), number("ETIMEDOUT", 110), number("ECONNREFUSED", 111),
            number("EUCLEAN", 117), number("ECANCELED", 125), number("EILSEQ", 84), number("ENODATA", 61), number("EPROTO", 71), number("EBADMSG", 74),
            number("EOVERFLOW", 75), number("ENOTSOCK", 88), number("EMSGSIZE", 90), number("EPROTOTYPE", 91), number("ENETDOWN", 100),
                    number("ECONNRESET", 104),
            number("EISCONN", 106), number("ENOTCONN", 107), number("EHOSTUNREACH", 113), number("EALREADY", 114), number("EINPROGRESS", 115),
            number("ESTALE", 116), number("EREMOTEIO", 121), number("ENOMEDIUM", 123), number("ENOKEY", 126), number("EKEYREJECTED", 129));
    private static final java.util.Map<Integer, String> WORDS = java.util.Map.ofEntries(java.util.Map.entry(1, "not permitted"),
            java.util.Map.entry(2, "no such file or folder"), java.util.Map.entry(8, "not an executable format"), java.util.Map.entry(13, "permission denied"),
            java.util.Map.entry(16, "busy"), java.util.Map.entry(17, "exists already"), java.util.Map.entry(20, "not a folder"),
            java.util.Map.entry(21, "is a folder"), java.util.Map.entry(22, "invalid"), java.util.Map.entry(24, "too many open files"),
            java.util.Map.entry(28, "no space left"), java.util.Map.entry(30, "read-only file system"), java.util.Map.entry(36, "name too long"),
            java.util.Map.entry(98, "address in use"), java.util.Map.entry(99, "no such address here"), java.util.Map.entry(11, "no room for more processes"),
            java.util.Map.entry(12, "no memory left"));

    private Errno() { }

    private static java.util.Map.Entry<String, Integer> number(String name, int number) {
        return java.util.Map.entry(name, number);
    }

    /** {@code no such file or folder (ENOENT)}. */
    public static String text(int errno) {
        String name = errno > 0 && errno < NAMES.size() ? NAMES.get(errno)
                : MORE.entrySet().stream().filter(e -> e.getValue() == errno).map(java.util.Map.Entry::getKey).findFirst().orElse("error " + errno);
        String words = WORDS.get(errno);
        return words == null ? name : words + " (" + name + ")";
    }

    /** Its number; a number in digits is taken as it is; -1 when there is none. */
    public static int number(String name) {
        if (name.matches("\\d{1,4}")) {
            return Integer.parseInt(name);
        }
        return MORE.getOrDefault(name, NAMES.indexOf(name));
    }
}
