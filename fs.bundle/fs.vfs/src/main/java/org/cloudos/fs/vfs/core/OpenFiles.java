package org.cloudos.fs.vfs.core;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.vfs.HandleInfo;

/** All open files by their numbers. A number is given once. Thread-safe. */
final class OpenFiles {
    private static final int LIMIT = 1 << 18;

    private final Map<Long, Open> table = new ConcurrentHashMap<>();
    private final AtomicLong next;

    OpenFiles(long next) {
        this.next = new AtomicLong(next);
    }

    /** A number for an open file that is to come. */
    long number() throws FsException {
        if (table.size() >= LIMIT) {
            throw new Refused(Errno.ENFILE, "open file " + table.size() + " of at most " + LIMIT);
        }
        return next.getAndIncrement();
    }

    long next() {
        return next.get();
    }

    /** Forgets all, and goes on with this number. */
    void begin(long number) {
        table.clear();
        next.set(number);
    }

    void put(long handle, Open open) {
        table.put(handle, open);
    }

    Open get(long handle) throws FsException {
        Open open = table.get(handle);
        if (open == null) {
            throw new Refused(Errno.EBADF, "handle " + handle);
        }
        if (open.mount.ended) {
            throw new Refused(Errno.ENODEV, open.path + ", whose volume was unmounted");
        }
        if (open.stale) {
            throw new Refused(Errno.ESTALE, open.path + ", which its volume no longer has");
        }
        return open;
    }

    long duplicate(long handle) throws FsException {
        Open open = get(handle);
        long number = number();
        open.shares.incrementAndGet();
        table.put(number, open);
        return number;
    }

    /** @return null when it is not there */
    Open remove(long handle) {
        return table.remove(handle);
    }

    Collection<Open> all() {
        return table.values().stream().distinct().toList();
    }

    Map<Long, Open> table() {
        return table;
    }

    boolean uses(Mount mount) {
        return table.values().stream().anyMatch(o -> o.mount == mount);
    }

    boolean writes(Mount mount) {
        return table.values().stream().anyMatch(o -> o.mount == mount && o.has(org.cloudos.fs.vfs.OpenFlag.WRITE));
    }

    List<HandleInfo> list() {
        return table.entrySet().stream().sorted(Map.Entry.comparingByKey()).map(e -> e.getValue().info(e.getKey())).toList();
    }
}
