package org.cloudos.fs.vfs.core;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.vfs.Locks;
import org.cloudos.fs.vfs.WatchEvent;
import org.cloudos.fs.vfs.WatchEvent.Kind;

/** Who watches what, and what each has still to be told: bounded, then OVERFLOW. Thread-safe. */
final class WatchTable {
    private static final int QUEUE = 4096, LIMIT = 8192;

    private record Key(String volume, long node) { }

    /** One watch; its queue is guarded by itself. */
    private static final class Watch {
        final long id;
        final Key key;
        final ArrayDeque<WatchEvent> queue = new ArrayDeque<>();

        Watch(long id, Key key) {
            this.id = id;
            this.key = key;
        }

        synchronized void add(WatchEvent event) {
            if (queue.size() == QUEUE - 1) {
                queue.add(new WatchEvent(Kind.OVERFLOW, "", false, 0));
            } else if (queue.size() < QUEUE && !event.equals(queue.peekLast())) { // a file that is written again and again
                queue.add(event);
            }
            notifyAll();
        }
    }

    private final Map<Key, List<Watch>> byNode = new ConcurrentHashMap<>();
    private final Map<Long, Watch> byId = new ConcurrentHashMap<>();
    private final AtomicLong next = new AtomicLong(1), cookies = new AtomicLong(1);

    long cookie() {
        return cookies.getAndIncrement();
    }

    boolean isEmpty() {
        return byNode.isEmpty();
    }

    long add(String volume, long node) throws FsException {
        if (byId.size() >= LIMIT) {
            throw new Refused(Errno.ENOSPC, "watch " + byId.size() + " of at most " + LIMIT);
        }
        return put(next.getAndIncrement(), new Key(volume, node)).id;
    }

    private Watch put(long id, Key key) {
        Watch watch = new Watch(id, key);
        byId.put(id, watch);
        byNode.computeIfAbsent(key, k -> new CopyOnWriteArrayList<>()).add(watch);
        return watch;
    }

    /** @return the node that it held, or null */
    HeldNode remove(long id) {
        Watch watch = byId.remove(id);
        if (watch == null) {
            return null;
        }
        byNode.computeIfPresent(watch.key, (k, all) -> {
            all.remove(watch);
            return all.isEmpty() ? null : all;
        });
        return new HeldNode(watch.key.volume, watch.key.node);
    }

    /** A node that is watched, and so held. */
    record HeldNode(String volume, long node) { }

    List<HeldNode> held() {
        return byId.values().stream().map(w -> new HeldNode(w.key.volume, w.key.node)).toList();
    }

    void tell(Volume volume, long node, Kind kind, String name, boolean folder, long cookie) {
        if (byNode.isEmpty()) {
            return;
        }
        for (Watch watch : byNode.getOrDefault(new Key(volume.id, node), List.of())) {
            watch.add(new WatchEvent(kind, name, folder, cookie));
        }
    }

    List<WatchEvent> poll(long id, int most, long nanos) throws FsException {
        Watch watch = byId.get(id);
        if (watch == null) {
            throw new Refused(Errno.EBADF, "watch " + id);
        }
        long until = System.nanoTime() + Math.min(nanos, Locks.SLICE);
        synchronized (watch) {
            for (long left = until - System.nanoTime(); watch.queue.isEmpty() && left > 0; left = until - System.nanoTime()) {
                try {
                    watch.wait(left / 1_000_000, (int) (left % 1_000_000));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new Refused(Errno.EINTR, "wait for events");
                }
            }
            List<WatchEvent> events = new ArrayList<>();
            while (events.size() < most && !watch.queue.isEmpty()) {
                events.add(watch.queue.poll());
            }
            return events;
        }
    }

    /** By id: volume, node, events. */
    Object[] state() {
        Map<Long, Object[]> all = new HashMap<>();
        byId.forEach((id, w) -> {
            synchronized (w) {
                all.put(id, new Object[] {w.key.volume, w.key.node, List.copyOf(w.queue)});
            }
        });
        return new Object[] {next.get(), cookies.get(), all};
    }

    @SuppressWarnings("unchecked")
    void restore(Object[] state) {
        byId.clear();
        byNode.clear();
        next.set((Long) state[0]);
        cookies.set((Long) state[1]);
        ((Map<Long, Object[]>) state[2]).forEach((id, raw) -> {
            Watch watch = put(id, new Key((String) raw[0], (Long) raw[1]));
            ((List<WatchEvent>) raw[2]).forEach(watch::add);
        });
    }
}
