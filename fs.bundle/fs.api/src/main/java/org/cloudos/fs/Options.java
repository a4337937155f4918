package org.cloudos.fs;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.cloudos.nearest.Nearest;

/** Options of a mount, as {@code mount -o} has them, checked. */
public final class Options {
    private final String type;
    private final Map<String, String> given;

    /**
     * @param known names of options
     * @throws FsException {@code EINVAL} for one that is not known; the message has the nearest name
     */
    public Options(String type, Map<String, String> given, List<String> known) throws FsException {
        this.type = type;
        this.given = given;
        for (String name : given.keySet()) {
            if (!known.contains(name)) {
                String meant = Nearest.of(name, known).map(near -> "did you mean \"" + near + "\"?").orElse("expected one of " + String.join(", ", known));
                throw new FsException.Refused(Errno.EINVAL, type + " has no option \"" + name + "\", " + meant);
            }
        }
    }

    /** Whether an option without a value is there; {@code =false}, {@code =no} and {@code =0} are no. */
    public boolean flag(String name) {
        String value = given.get(name);
        return value != null && !List.of("false", "no", "0").contains(value);
    }

    /** A number that is not negative. {@code EINVAL} */
    public long number(String name, long otherwise, int radix) throws FsException {
        String value = given.get(name);
        if (value == null) {
            return otherwise;
        }
        try {
            long number = Long.parseLong(value, radix);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw wrong(name, radix == 8 ? "an octal number" : "a number", value);
    }

    /** A number of bytes with {@code k}, {@code m}, {@code g} or {@code t} behind it, powers of 1024. {@code EINVAL} */
    public long bytes(String name, long otherwise) throws FsException {
        String value = given.get(name);
        if (value == null) {
            return otherwise;
        }
        int unit = value.isEmpty() ? -1 : "kmgt".indexOf(value.toLowerCase(Locale.ROOT).charAt(value.length() - 1));
        try {
            long number = Long.parseLong(unit < 0 ? value : value.substring(0, value.length() - 1));
            long shifted = number << 10 * (unit + 1);
            if (number > 0 && shifted >> 10 * (unit + 1) == number && shifted > 0) {
                return shifted;
            }
        } catch (NumberFormatException e) {
            // Told below.
        }
        throw wrong(name, "bytes such as 64m", value);
    }

    private FsException wrong(String name, String expected, String found) {
        return new FsException.Refused(Errno.EINVAL, type + " option " + name + ": expected " + expected + ", found \"" + found + "\"");
    }
}
