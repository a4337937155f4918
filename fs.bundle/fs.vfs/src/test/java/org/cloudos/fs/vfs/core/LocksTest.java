package org.cloudos.fs.vfs.core;

import static org.cloudos.fs.suite.Probe.refused;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.cloudos.fs.Errno;
import org.cloudos.fs.FsException;
import org.cloudos.fs.RenameMode;
import org.cloudos.fs.AttributeChange;
import org.cloudos.fs.vfs.Caller;
import org.cloudos.fs.vfs.LockInfo;
import org.cloudos.fs.vfs.LockInfo.Kind;
import org.cloudos.fs.vfs.Locks;
import org.cloudos.fs.vfs.OpenFile;
import org.cloudos.fs.vfs.OpenFlag;
import org.cloudos.fs.vfs.OpenHow;
import org.cloudos.fs.vfs.Vfs;
import org.cloudos.fs.vfs.WatchEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Locks and watches. */
class LocksTest {
    private static final OpenHow BOTH = OpenHow.of(OpenFlag.READ, OpenFlag.WRITE, OpenFlag.CREATE);
    private final Vfs vfs = new TestSystem("none / tmpfs").vfs;
    private OpenFile one, two;

    @BeforeEach void files() throws FsException {
        one = OpenFile.open(vfs, Caller.SYSTEM.withProcess(1), "/f", BOTH);
        two = OpenFile.open(vfs, Caller.SYSTEM.withProcess(2), "/f", BOTH);
    }

    @Test void flocksAreOfTheOpenFile() throws FsException {
        assertTrue(one.tryLock(Kind.FLOCK, false, 0, 0));
        assertTrue(two.tryLock(Kind.FLOCK, false, 0, 0));
        assertFalse(two.tryLock(Kind.FLOCK, true, 0, 0));
        assertTrue(two.tryLock(Kind.PROCESS, true, 0, Locks.TO_END), "ranges and flock don't know each other");
        long other = vfs.duplicate(one.handle());
        one.close();
        assertFalse(two.tryLock(Kind.FLOCK, true, 0, 0), "another number keeps it");
        vfs.close(other);
        assertTrue(two.tryLock(Kind.FLOCK, true, 0, 0));
    }

    @Test void rangesAreSplitAndJoined() throws FsException {
        assertTrue(one.tryLock(Kind.PROCESS, true, 0, 100));
        one.unlock(Kind.PROCESS, 40, 20);
        assertFalse(two.tryLock(Kind.PROCESS, false, 39, 1));
        assertTrue(two.tryLock(Kind.PROCESS, true, 40, 20));
        assertFalse(two.tryLock(Kind.PROCESS, false, 40, 21));
        two.unlock(Kind.PROCESS, 0, Locks.TO_END);
        assertTrue(one.tryLock(Kind.PROCESS, true, 40, 20));
        assertEquals(1, vfs.locks().size(), vfs.locks().toString());
        assertTrue(one.tryLock(Kind.PROCESS, false, 50, 10), "less than before");
        assertTrue(two.tryLock(Kind.PROCESS, false, 55, 5));
        assertEquals(new LockInfo(Kind.PROCESS, vfs.handle(one.handle()).volume(), vfs.handle(one.handle()).node(), 1, true, 60, 40),
                vfs.conflict(Caller.SYSTEM.withProcess(2), two.handle(), Kind.PROCESS, false, 60, 1));
        assertNull(vfs.conflict(Caller.SYSTEM.withProcess(2), two.handle(), Kind.PROCESS, true, 100, 1));
        refused(Errno.EINVAL, () -> one.tryLock(Kind.PROCESS, true, -1, 5));
        refused(Errno.EINVAL, () -> one.tryLock(Kind.PROCESS, true, Long.MAX_VALUE - 1, 5));
    }

    @Test void processLocksEndWithAnyClose() throws FsException {
        OpenFile again = OpenFile.open(vfs, Caller.SYSTEM.withProcess(1), "/f", OpenHow.READ);
        assertTrue(one.tryLock(Kind.PROCESS, true, 0, 10));
        assertTrue(one.tryLock(Kind.OPEN_FILE, true, 20, 10));
        again.close();
        assertTrue(two.tryLock(Kind.PROCESS, true, 0, 10));
        assertFalse(two.tryLock(Kind.OPEN_FILE, true, 20, 10), "that of the open file stays");
        assertFalse(two.tryLock(Kind.PROCESS, true, 20, 10), "and is known to the others");
        refused(Errno.EBADF, () -> OpenFile.open(vfs, Caller.SYSTEM, "/f", OpenHow.READ).tryLock(Kind.PROCESS, true, 50, 1));
    }

    @Test void waitersGetTheirTurn() throws Exception {
        one.lock(Kind.OPEN_FILE, true, 0, 10);
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> lock(two, 0));
        assertFalse(waiter.isDone());
        one.unlock(Kind.OPEN_FILE, 0, 10);
        waiter.get(60, TimeUnit.SECONDS);
        assertFalse(one.tryLock(Kind.OPEN_FILE, true, 0, 1));
    }

    private static void lock(OpenFile file, long offset) {
        try {
            file.lock(Kind.OPEN_FILE, true, offset, 10);
        } catch (FsException e) {
            throw new CompletionException(e);
        }
    }

    @Test void deadlocksAreRefused() throws Exception {
        one.lock(Kind.PROCESS, true, 0, 10);
        two.lock(Kind.PROCESS, true, 10, 10);
        CompletableFuture<Void> waiter = CompletableFuture.runAsync(() -> {
            try {
                one.lock(Kind.PROCESS, true, 10, 10);
            } catch (FsException e) {
                release(one);
                throw new CompletionException(e);
            }
        });
        // The other one waits by now, or will when this one does: one of them must be refused.
        Errno end = null;
        try {
            two.lock(Kind.PROCESS, true, 0, 10);
        } catch (FsException e) {
            end = e.errno();
            two.unlock(Kind.PROCESS, 0, Locks.TO_END);
        }
        try {
            waiter.get(60, TimeUnit.SECONDS);
        } catch (java.util.concurrent.ExecutionException e) {
            end = ((FsException) e.getCause()).errno();
        }
        assertEquals(Errno.EDEADLK, end);
    }

    private static void release(OpenFile file) {
        try {
            file.unlock(Kind.PROCESS, 0, Locks.TO_END);
        } catch (FsException e) {
            throw new CompletionException(e);
        }
    }

    @Test void changesAreTold() throws FsException {
        vfs.makeFolder(Caller.SYSTEM, 0, "/d", 0755);
        long d = vfs.watch(Caller.SYSTEM, 0, "/d"), f = vfs.watch(Caller.SYSTEM, 0, "/f");
        vfs.close(vfs.open(Caller.SYSTEM, 0, "/d/new", OpenHow.REPLACE));
        vfs.makeFolder(Caller.SYSTEM, 0, "/d/sub", 0755);
        vfs.rename(Caller.SYSTEM, 0, "/d/new", 0, "/d/newer", RenameMode.REPLACE);
        vfs.remove(Caller.SYSTEM, 0, "/d/newer", false);
        one.write(0, java.lang.foreign.MemorySegment.ofArray(new byte[10]));
        one.write(5, java.lang.foreign.MemorySegment.ofArray(new byte[10]));
        vfs.change(Caller.SYSTEM, 0, "/f", true, AttributeChange.mode(0600));
        vfs.remove(Caller.SYSTEM, 0, "/f", false);
        List<WatchEvent> events = vfs.poll(d, 100, 0);
        assertEquals(List.of("CREATED new", "CREATED sub", "MOVED_FROM new", "MOVED_TO newer", "REMOVED newer"),
                events.stream().map(e -> e.kind() + " " + e.name()).toList());
        assertEquals(events.get(2).cookie(), events.get(3).cookie());
        assertTrue(events.get(1).folder());
        assertEquals(List.of("MODIFIED", "ATTRIBUTES", "GONE"), vfs.poll(f, 3, 0).stream().map(e -> e.kind().name()).toList());
        vfs.unwatch(d);
        vfs.unwatch(d);
        refused(Errno.EBADF, () -> vfs.poll(d, 1, 0));
    }

    @Test void tooManyEventsAreTold() throws FsException {
        long root = vfs.watch(Caller.SYSTEM, 0, "/");
        for (int i = 0; i < 5000; i++) {
            vfs.close(vfs.open(Caller.SYSTEM, 0, "/n" + i, OpenHow.REPLACE));
        }
        List<WatchEvent> events = vfs.poll(root, 10_000, 0);
        assertEquals(4096, events.size());
        assertEquals(WatchEvent.Kind.OVERFLOW, events.getLast().kind());
    }
}
