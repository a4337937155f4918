package org.cloudos.fs.vfs.core;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.FsException.Refused;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.LockInfo.Kind;
import org.cloudos.fs.vfs.Locks;

/** Advisory locks: flock(2), fcntl(2). One monitor guards all of it: locks are few and short-lived beside reads and writes. */
final class LockTable {
    private static final int LIMIT = 1 << 16;

    private record Key(String volume, long node) { }

    /** Who owns a lock. */
    private record Owner(Kind kind, long id) { }

    private final Map<Key, List<LockInfo>> locks = new HashMap<>();
    /** Who waits for whom, processes only: what a cycle is looked for in. */
    private final Map<Owner, Set<Owner>> waits = new HashMap<>();
    private int count;

    private static long end(LockInfo lock) {
        return lock.length() == Locks.TO_END ? Long.MAX_VALUE : lock.offset() + lock.length();
    }

    private static boolean sameKind(LockInfo a, LockInfo b) {
        return (a.kind() == Kind.FLOCK) == (b.kind() == Kind.FLOCK);
    }

    private static Owner owner(LockInfo lock) {
        return new Owner(lock.kind(), lock.owner());
    }

    private static boolean overlaps(LockInfo a, LockInfo b) {
        return a.offset() < end(b) && b.offset() < end(a);
    }

    /** @return whom the wanted lock must wait for, or null */
    synchronized LockInfo conflict(LockInfo wanted) {
        List<LockInfo> all = conflicts(wanted);
        return all.isEmpty() ? null : all.getFirst();
    }

    private List<LockInfo> conflicts(LockInfo wanted) {
        List<LockInfo> found = new ArrayList<>();
        for (LockInfo held : locks.getOrDefault(new Key(wanted.volume(), wanted.node()), List.of())) {
            if (sameKind(held, wanted) && overlaps(held, wanted) && !owner(held).equals(owner(wanted)) && (held.exclusive() || wanted.exclusive())) {
                found.add(held);
            }
        }
        return found;
    }

    /** @return false when it was not to be had within the time */
    synchronized boolean lock(LockInfo wanted, long nanos) throws FsException {
        long until = System.nanoTime() + nanos;
        while (true) {
            List<LockInfo> inTheWay = conflicts(wanted);
            if (inTheWay.isEmpty()) {
                set(wanted);
                return true;
            }
            long left = until - System.nanoTime();
            if (left <= 0) {
                return false;
            }
            await(owner(wanted), inTheWay, left);
        }
    }

    private void await(Owner waiter, List<LockInfo> inTheWay, long nanos) throws FsException {
        Set<Owner> holders = new HashSet<>();
        inTheWay.forEach(l -> holders.add(owner(l)));
        if (waiter.kind() == Kind.PROCESS && reaches(holders, waiter, new HashSet<>())) {
            throw new Refused(Errno.EDEADLK, "lock of process " + waiter.id() + ", for which somebody waits whom it would wait for");
        }
        waits.put(waiter, holders);
        try {
            wait(nanos / 1_000_000, (int) (nanos % 1_000_000));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Refused(Errno.EINTR, "wait for a lock");
        } finally {
            waits.remove(waiter);
        }
    }

    private boolean reaches(Set<Owner> from, Owner target, Set<Owner> seen) {
        for (Owner owner : from) {
            if (owner.equals(target) || seen.add(owner) && reaches(waits.getOrDefault(owner, Set.of()), target, seen)) {
                return true;
            }
        }
        return false;
    }

    /** The owner's own locks of the range give way, what is left of them at its ends stays. */
    private void set(LockInfo wanted) throws FsException {
        if (count >= LIMIT) {
            throw new Refused(Errno.ENOLCK, "lock " + count + " of at most " + LIMIT);
        }
        clear(wanted);
        List<LockInfo> all = locks.computeIfAbsent(new Key(wanted.volume(), wanted.node()), k -> new ArrayList<>());
        LockInfo merged = wanted;
        for (Iterator<LockInfo> i = all.iterator(); i.hasNext();) {
            LockInfo held = i.next();
            if (owner(held).equals(owner(wanted)) && held.exclusive() == wanted.exclusive()
                    && (end(held) == merged.offset() || end(merged) == held.offset())) {
                long from = Math.min(held.offset(), merged.offset());
                merged = range(merged, from, Math.max(end(held), end(merged)));
                i.remove();
                count--;
            }
        }
        all.add(merged);
        count++;
        notifyAll(); // what was exclusive may be shared now
    }

    private static LockInfo range(LockInfo lock, long from, long to) {
        return new LockInfo(lock.kind(), lock.volume(), lock.node(), lock.owner(), lock.exclusive(), from,
                to == Long.MAX_VALUE ? Locks.TO_END : to - from);
    }

    private void clear(LockInfo wanted) {
        List<LockInfo> all = locks.get(new Key(wanted.volume(), wanted.node()));
        if (all == null) {
            return;
        }
        List<LockInfo> rests = new ArrayList<>();
        for (Iterator<LockInfo> i = all.iterator(); i.hasNext();) {
            LockInfo held = i.next();
            if (!owner(held).equals(owner(wanted)) || !overlaps(held, wanted)) {
                continue;
            }
            i.remove();
            count--;
            if (held.offset() < wanted.offset()) {
                rests.add(range(held, held.offset(), wanted.offset()));
            }
            if (end(held) > end(wanted)) {
                rests.add(range(held, end(wanted), end(held)));
            }
        }
        all.addAll(rests);
        count += rests.size();
        if (all.isEmpty()) {
            locks.remove(new Key(wanted.volume(), wanted.node()));
        }
    }

    synchronized void unlock(LockInfo wanted) {
        clear(wanted);
        notifyAll();
    }

    /** An open file's last number is given back; or, of PROCESS, any number of the file by that process. */
    synchronized void closed(String volume, long node, Kind kind, long owner) {
        if (!locks.isEmpty()) {
            clear(new LockInfo(kind, volume, node, owner, false, 0, Locks.TO_END));
            notifyAll();
        }
    }

    synchronized List<LockInfo> list() {
        return locks.values().stream().flatMap(List::stream).toList();
    }

    synchronized void restore(List<LockInfo> all) {
        locks.clear();
        count = all.size();
        all.forEach(l -> locks.computeIfAbsent(new Key(l.volume(), l.node()), k -> new ArrayList<>()).add(l));
    }
}
