package org.cloudos.fs.fuse.server;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How a volume is mounted.
 *
 * @param restrictions some of {@code nosuid}, {@code nodev}, {@code noexec} (mount(8))
 * @param cacheSeconds how long the kernel may remember names and attributes: what others change meanwhile is told to it
 * @param writeBack    the kernel collects writes and sends them later: quicker for many small ones to one file, but each file that was written or is
 *                     removed costs two requests more, to tell its times
 */
record Settings(Set<String> restrictions, boolean readOnly, boolean allowOther, boolean writeBack, int threads, long cacheSeconds, Uring uring, String source) {
    /** Whether requests come over io_uring: where the kernel offers it, never, or it is made to offer it. */
    enum Uring { AUTO, OFF, ON }

    private static final int MOST_THREADS = 64;
    private static final long MOST_SECONDS = 86_400;

    private static final List<String> RESTRICTIONS = List.of("nosuid", "nodev", "noexec");
    /** The options, as {@link org.cloudos.fs.fuse.FuseExports#options} has them. */
    static final Map<String, String> OPTIONS = known();

    private static Map<String, String> known() {
        Map<String, String> all = new LinkedHashMap<>();
        all.put("ro", "true: nothing can be changed through this mount");
        RESTRICTIONS.forEach(name -> all.put(name, "true: as mount(8) has it"));
        all.put("allow-other", "true: users but the one who mounts get in (default as root)");
        all.put("write-back", "true: the kernel collects small writes and sends them later; only where nobody else writes to the volume (default false)");
        all.put("threads", "that serve it, 1 to " + MOST_THREADS);
        all.put("cache", "seconds that the kernel remembers names and attributes, 0 to " + MOST_SECONDS + ", default 3600");
        all.put("uring", "requests over io_uring: auto, where the kernel offers it (default); off; on, the kernel is told to offer it (root)");
        all.put("source", "what /proc/mounts shows as the device");
        return all;
    }

    static Settings of(Map<String, String> options, String volume) {
        for (String name : options.keySet()) {
            if (!OPTIONS.containsKey(name)) {
                throw new IllegalArgumentException("option: expected one of " + String.join(", ", OPTIONS.keySet()) + "; found " + name);
            }
        }
        boolean root = "root".equals(System.getProperty("user.name"));
        int threads = Math.clamp(Runtime.getRuntime().availableProcessors() * 2L, 4, 16);
        Set<String> restrictions = RESTRICTIONS.stream().filter(name -> flag(options, name, false)).collect(Collectors.toSet());
        return new Settings(restrictions, flag(options, "ro", false), flag(options, "allow-other", root), flag(options, "write-back", false),
                (int) number(options, "threads", threads, 1, MOST_THREADS), number(options, "cache", 3600, 0, MOST_SECONDS),
                uring(options.getOrDefault("uring", "auto")), options.getOrDefault("source", volume));
    }

    /** As {@link #of} takes them. */
    Map<String, String> options() {
        Map<String, String> all = new LinkedHashMap<>(Map.of("ro", "" + readOnly, "allow-other", "" + allowOther, "write-back", "" + writeBack,
                "threads", "" + threads, "cache", "" + cacheSeconds, "uring", uring.name().toLowerCase(Locale.ROOT), "source", source));
        restrictions.forEach(name -> all.put(name, "true"));
        return all;
    }

    private static Uring uring(String value) {
        return switch (value) {
            case "auto" -> Uring.AUTO;
            case "off", "false" -> Uring.OFF;
            case "on", "true", "" -> Uring.ON;
            default -> throw new IllegalArgumentException("uring: expected auto, on or off, found " + value);
        };
    }

    private static boolean flag(Map<String, String> options, String name, boolean otherwise) {
        String value = options.getOrDefault(name, Boolean.toString(otherwise));
        if (!value.equals("true") && !value.equals("false") && !value.isEmpty()) {
            throw new IllegalArgumentException(name + ": expected true or false, found " + value);
        }
        return !value.equals("false");
    }

    private static long number(Map<String, String> options, String name, long otherwise, long least, long most) {
        String value = options.getOrDefault(name, Long.toString(otherwise));
        try {
            long number = Long.parseLong(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw new IllegalArgumentException(name + ": expected " + least + " to " + most + ", found " + value);
    }
}
