package org.cloudos.fs.vfs.core;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.Vfs;
import org.osgi.service.log.Logger;

/**
 * The mounts that the configuration asks for: lines {@code source path type options}, as fstab(5) has them. One whose format or device is
 * not there yet waits for it. The first call of the VFS makes them, since after a swap they are there already.
 */
final class FixedMounts {
    private final List<String> waiting = new ArrayList<>();
    private final Logger log;
    private volatile boolean due = true;

    FixedMounts(String[] lines, Logger log) {
        waiting.addAll(List.of(lines));
        this.log = log;
    }

    /** A format or device came. */
    void again() {
        due = true;
    }

    boolean isDue() {
        return due;
    }

    /** @param vfs past the service's own {@code ready} */
    synchronized void make(Vfs vfs) {
        if (!due) {
            return;
        }
        due = false;
        waiting.removeIf(line -> isDone(vfs, line));
    }

    private boolean isDone(Vfs vfs, String line) {
        String[] words = line.strip().split("\\s+");
        if (words.length < 3 || words[0].startsWith("#")) {
            if (!line.isBlank() && !words[0].startsWith("#")) {
                log.warn("mount \"{}\": expected source, path, type and options", line);
            }
            return true;
        }
        try {
            if (!words[1].equals("/")) {
                folders(vfs, words[1]);
            }
            vfs.mount(Caller.SYSTEM, words[0], words[1], words[2].equals("auto") ? "" : words[2], options(words.length > 3 ? words[3] : ""));
            return true;
        } catch (FsException e) {
            if (e.errno() == Errno.ENODEV) {
                return false;
            }
            log.warn("mount \"{}\" was not made: {}", line, e.getMessage());
            return true;
        }
    }

    static Map<String, String> options(String text) {
        Map<String, String> options = new LinkedHashMap<>();
        for (String option : text.split(",")) {
            int equals = option.indexOf('=');
            if (!option.isEmpty() && !option.equals("defaults")) {
                options.put(equals < 0 ? option : option.substring(0, equals), equals < 0 ? "" : option.substring(equals + 1));
            }
        }
        return options;
    }

    private static void folders(Vfs vfs, String path) throws FsException {
        for (int end = path.indexOf('/', 1); ; end = path.indexOf('/', end + 1)) {
            String part = end < 0 ? path : path.substring(0, end);
            try {
                vfs.makeFolder(Caller.SYSTEM, 0, part, 0755);
            } catch (FsException e) {
                if (e.errno() != Errno.EEXIST) {
                    throw e;
                }
            }
            if (end < 0) {
                return;
            }
        }
    }

    synchronized Object[] state() {
        return waiting.toArray();
    }

    synchronized void restore(Object[] lines) {
        waiting.clear();
        for (Object line : lines) {
            waiting.add((String) line);
        }
    }
}
