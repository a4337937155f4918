package org.cloudos.fs.cloudfs;

import java.io.IOException;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.cloudfs.volume.Settings;

/**
 * Options of {@code mount -o}.
 *
 * @param settings   {@code ro}, {@code memory=64m}, {@code commit=5}: seconds, {@code discard}
 * @param passphrase {@code passphrase-file=PATH}: its first line; or null
 * @param dropLog    {@code log=drop}: opens a volume whose log is damaged, without what was in it
 * @param force      {@code force}: opens a volume that another machine seems to have open
 */
record Options(Settings settings, char[] passphrase, boolean dropLog, boolean force) {
    private static final List<String> KNOWN = List.of("ro", "rw", "memory", "commit", "discard", "passphrase-file", "log", "force");

    static Options parse(Map<String, String> options, LongSupplier clock) throws FsException {
        for (String name : options.keySet()) {
            if (!KNOWN.contains(name)) {
                throw new FsException.Refused(Errno.EINVAL, "option " + name + ", did you mean " + nearest(name) + "?");
            }
        }
        long memory = bytes("memory", options.getOrDefault("memory", "64m"));
        if (memory < 8 << 20 || memory > 1L << 40) {
            throw new FsException.Refused(Errno.EINVAL, "option memory=" + options.get("memory") + ", expected 8m to 1t");
        }
        long commit = bytes("commit", options.getOrDefault("commit", "5"));
        if (commit < 1 || commit > 300) {
            throw new FsException.Refused(Errno.EINVAL, "option commit=" + commit + ", expected 1 to 300 seconds");
        }
        Settings s = Settings.memory(memory, clock);
        Settings settings = new Settings(flag(options, "ro"), s.cacheBytes(), s.dirtyBytes(), commit * 1_000_000_000L, clock, flag(options, "discard"));
        return new Options(settings, passphrase(options.get("passphrase-file")), "drop".equals(options.get("log")), flag(options, "force"));
    }

    private static boolean flag(Map<String, String> options, String name) {
        String value = options.get(name);
        return value != null && !value.equals("false") && !value.equals("0");
    }

    private static long bytes(String name, String text) throws FsException {
        String digits = text.toLowerCase(java.util.Locale.ROOT);
        int shift = digits.isEmpty() ? -1 : "kmgt".indexOf(digits.charAt(digits.length() - 1));
        try {
            return Long.parseLong(shift < 0 ? digits : digits.substring(0, digits.length() - 1)) << (shift < 0 ? 0 : 10 * (shift + 1));
        } catch (NumberFormatException e) {
            throw new FsException.Refused(Errno.EINVAL, "option " + name + "=" + text + ", expected a number");
        }
    }

    private static char[] passphrase(String file) throws FsException {
        if (file == null) {
            return null;
        }
        try {
            CharBuffer text = StandardCharsets.UTF_8.decode(java.nio.ByteBuffer.wrap(Files.readAllBytes(Path.of(file))));
            String line = text.toString().lines().findFirst().orElse("");
            return line.toCharArray();
        } catch (IOException e) {
            throw new FsException.Refused(Errno.EINVAL, "passphrase-file " + file + " (" + e + ")");
        }
    }

    private static String nearest(String name) {
        return KNOWN.stream().min(java.util.Comparator.comparingInt(k -> distance(k, name))).orElseThrow();
    }

    /** Levenshtein's. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int next = Math.min(Math.min(row[j], row[j - 1]) + 1, diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }
        return row[b.length()];
    }
}
