package org.cloudos.journal.ship;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.cloudos.journal.Entry;
import org.cloudos.journal.Journal;
import org.cloudos.journal.Query;

/** A journal in memory. */
final class Kept implements Journal {
    static final Duration LIMIT = Duration.ofMinutes(3);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private final List<Entry> entries = new ArrayList<>(); // guarded by lock
    private long removed;                                  // guarded by lock

    @Override public void append(Entry e) {
        lock.lock();
        try {
            entries.add(new Entry(removed + entries.size() + 1, e.time(), e.level(), e.bundle(), e.subsystem(), e.thread(), e.logger(), e.trace(),
                    e.message(), e.exception(), e.values()));
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    void remove(int count) {
        lock.lock();
        try {
            entries.subList(0, count).clear();
            removed += count;
        } finally {
            lock.unlock();
        }
    }

    @Override public Stream<Entry> query(Query query, Order order) {
        lock.lock();
        try {
            return new ArrayList<>(entries).stream().filter(query::test);
        } finally {
            lock.unlock();
        }
    }

    @Override public Feed follow(Query query, long after) {
        return new Feed() {
            private long position = after;
            private long missed;

            @Override public List<Entry> poll(Duration limit) throws InterruptedException {
                long left = limit.toNanos();
                lock.lock();
                try {
                    while (removed + entries.size() <= position && left > 0) {
                        left = more.awaitNanos(left);
                    }
                    missed += position > 0 ? Math.max(0, removed - position) : 0;
                    int from = (int) Math.max(0, position - removed), to = Math.min(entries.size(), from + 100);
                    List<Entry> some = from >= to ? List.of() : entries.subList(from, to).stream().filter(query::test).toList();
                    position = Math.max(position, removed + to);
                    return some;
                } finally {
                    lock.unlock();
                }
            }

            @Override public long position() {
                return position;
            }

            @Override public long missed() {
                return missed;
            }

            @Override public void close() { }
        };
    }

    @Override public long newest() {
        lock.lock();
        try {
            return removed + entries.size();
        } finally {
            lock.unlock();
        }
    }

    @Override public boolean sync(Duration limit) {
        return true;
    }

    @Override public Status status() {
        return new Status(newest(), 0, "", 1, 0, 0, 0, 0, newest(), newest());
    }

    /** Messages that match, when there are so many. */
    List<String> await(String query, int count) throws InterruptedException {
        Query wanted = Query.parse(query, Instant.now());
        long end = System.nanoTime() + LIMIT.toNanos();
        while (System.nanoTime() < end) {
            List<String> found = query(wanted, Order.OLDEST_FIRST).map(Entry::message).toList();
            if (found.size() >= count) {
                return found;
            }
            Thread.sleep(5);
        }
        throw new AssertionError(count + " like " + query + " did not come; there are " + query(Query.ALL, Order.OLDEST_FIRST).toList());
    }
}
