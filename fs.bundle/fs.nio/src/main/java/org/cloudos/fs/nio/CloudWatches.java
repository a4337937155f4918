package org.cloudos.fs.nio;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchEvent;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.Watchable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.cloudos.fs.FsException;
import org.cloudos.fs.vfs.Locks;

/** Watches folders: a virtual thread for each asks the VFS what happened. */
final class CloudWatches implements WatchService {
    private static final int MOST = 512;
    private final CloudFileSystem fileSystem;
    private final LinkedBlockingQueue<WatchKey> signalled = new LinkedBlockingQueue<>();
    private final Map<CloudAttributes.Key, Key> keys = new ConcurrentHashMap<>();
    private volatile boolean closed;

    CloudWatches(CloudFileSystem fileSystem) {
        this.fileSystem = fileSystem;
    }

    /** One event, or several of a kind about one name. */
    private static final class Event<T> implements WatchEvent<T> {
        private final Kind<T> kind;
        private final T context;
        private int count = 1;

        Event(Kind<T> kind, T context) {
            this.kind = kind;
            this.context = context;
        }

        @Override public Kind<T> kind() {
            return kind;
        }

        @Override public int count() {
            return count;
        }

        @Override public T context() {
            return context;
        }
    }

    /** A watched folder. */
    private final class Key implements WatchKey {
        private final CloudPath folder;
        private final long watch;
        private final CloudAttributes.Key node;
        private volatile Set<WatchEvent.Kind<?>> wanted;
        private volatile boolean valid = true;
        /** Guarded by this. */
        private List<WatchEvent<?>> events = new ArrayList<>();
        private boolean isSignalled;

        Key(CloudPath folder, CloudAttributes.Key node, long watch, Set<WatchEvent.Kind<?>> wanted) {
            this.folder = folder;
            this.node = node;
            this.watch = watch;
            this.wanted = wanted;
        }

        void follow() {
            try {
                while (valid && !closed) {
                    for (org.cloudos.fs.vfs.WatchEvent event : fileSystem.vfs().poll(watch, MOST, Locks.SLICE)) {
                        take(event);
                    }
                }
            } catch (FsException | RuntimeException e) {
                valid = false; // the watch is over, or its volume is
                signal();
            }
        }

        private void take(org.cloudos.fs.vfs.WatchEvent event) {
            switch (event.kind()) {
                case CREATED, MOVED_TO -> add(StandardWatchEventKinds.ENTRY_CREATE, event.name());
                case REMOVED, MOVED_FROM -> add(StandardWatchEventKinds.ENTRY_DELETE, event.name());
                case MODIFIED, ATTRIBUTES -> {
                    if (!event.name().isEmpty()) {
                        add(StandardWatchEventKinds.ENTRY_MODIFY, event.name());
                    }
                }
                case OVERFLOW -> add(new Event<>(StandardWatchEventKinds.OVERFLOW, null));
                case GONE -> {
                    cancel();
                    signal();
                }
            }
        }

        private void add(WatchEvent.Kind<Path> kind, String name) {
            if (wanted.contains(kind)) {
                add(new Event<>(kind, CloudPath.of(fileSystem, name)));
            }
        }

        private void add(Event<?> event) {
            synchronized (this) {
                WatchEvent<?> last = events.isEmpty() ? null : events.getLast();
                if (last instanceof Event<?> same && same.kind == event.kind && java.util.Objects.equals(same.context, event.context)) {
                    same.count++;
                } else {
                    events.add(event);
                }
            }
            signal();
        }

        private synchronized void signal() {
            if (!isSignalled) {
                isSignalled = true;
                signalled.add(this);
            }
        }

        @Override public boolean isValid() {
            return valid && !closed;
        }

        @Override public synchronized List<WatchEvent<?>> pollEvents() {
            List<WatchEvent<?>> all = events;
            events = new ArrayList<>();
            return all;
        }

        @Override public synchronized boolean reset() {
            if (!isValid()) {
                return false;
            }
            if (events.isEmpty()) {
                isSignalled = false;
            } else {
                signalled.add(this);
            }
            return true;
        }

        @Override public void cancel() {
            if (valid) {
                valid = false;
                keys.remove(node, this);
                fileSystem.vfs().unwatch(watch);
            }
        }

        @Override public Watchable watchable() {
            return folder;
        }
    }

    synchronized WatchKey register(CloudPath folder, WatchEvent.Kind<?>... kinds) throws IOException {
        checkOpen();
        Set<WatchEvent.Kind<?>> wanted = Set.of(kinds);
        if (wanted.isEmpty()) {
            throw new IllegalArgumentException("expected a kind of events");
        }
        for (WatchEvent.Kind<?> kind : wanted) {
            if (kind.type() != Path.class && kind != StandardWatchEventKinds.OVERFLOW) {
                throw new UnsupportedOperationException(kind.name());
            }
        }
        CloudAttributes attributes = fileSystem.provider().attributes(folder, true);
        if (!attributes.isDirectory()) {
            throw new NotDirectoryException(folder.toString());
        }
        CloudAttributes.Key node = (CloudAttributes.Key) attributes.fileKey();
        Key there = keys.get(node);
        if (there != null) {
            there.wanted = wanted;
            return there;
        }
        long watch = fileSystem.call(folder, (vfs, who) -> vfs.watch(who, 0, folder.vfs()));
        Key key = new Key(folder, node, watch, wanted);
        keys.put(node, key);
        Thread.ofVirtual().name("watch of " + folder).start(key::follow);
        return key;
    }

    private void checkOpen() {
        if (closed) {
            throw new ClosedWatchServiceException();
        }
    }

    @Override public WatchKey poll() {
        checkOpen();
        return signalled.poll();
    }

    @Override public WatchKey poll(long timeout, TimeUnit unit) throws InterruptedException {
        long end = System.nanoTime() + unit.toNanos(timeout);
        WatchKey key = null;
        for (long left = end - System.nanoTime(); key == null && left > 0; left = end - System.nanoTime()) {
            checkOpen();
            key = signalled.poll(Math.min(left, Locks.SLICE), TimeUnit.NANOSECONDS);
        }
        return key == null ? poll() : key;
    }

    @Override public WatchKey take() throws InterruptedException {
        WatchKey key = null;
        while (key == null) {
            checkOpen();
            key = signalled.poll(Locks.SLICE, TimeUnit.NANOSECONDS);
        }
        return key;
    }

    @Override public synchronized void close() {
        if (!closed) {
            closed = true;
            for (Key key : List.copyOf(keys.values())) {
                fileSystem.vfs().unwatch(key.watch);
            }
            keys.clear();
        }
    }
}
