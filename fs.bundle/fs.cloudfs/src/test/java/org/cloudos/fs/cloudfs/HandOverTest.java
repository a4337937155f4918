package org.cloudos.fs.cloudfs;

import static org.cloudos.fs.suite.Probe.bytes;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.cloudos.fs.FileSystem;
import org.cloudos.fs.FsException;
import org.cloudos.fs.NewNode;
import org.cloudos.fs.suite.Probe;
import org.cloudos.kernel.swap.HandOver;
import org.junit.jupiter.api.Test;

/** A provider gives its volumes to the next one while they are in use. The lock stands for the kernel's gate. */
class HandOverTest {
    private final ReentrantReadWriteLock gate = new ReentrantReadWriteLock(true);
    private volatile Rig rig = new Rig();

    private interface Work<T> {
        T on(FileSystem fs) throws FsException;
    }

    private <T> T call(String v, Work<T> work) throws FsException {
        gate.readLock().lock();
        try {
            return work.on(rig.fs(v));
        } finally {
            gate.readLock().unlock();
        }
    }

    private void swap() {
        gate.writeLock().lock();
        try {
            Rig next = new Rig();
            HandOver.State state = new VolumesHandOver(rig.volumes, Bench.SETTINGS.clock()).handOver();
            rig.volumes.closeAll();
            new VolumesHandOver(next.volumes, Bench.SETTINGS.clock()).takeOver(state);
            rig = next;
        } finally {
            gate.writeLock().unlock();
        }
    }

    @Test void filesStayOpenAndWrittenWhileTheProviderIsSwapped() throws Exception {
        SimulatedDevice device = Bench.formatted(128 << 20, "none");
        String v = rig.open(device);
        AtomicBoolean end = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long nameless = call(v, fs -> fs.createNameless(FileSystem.ROOT, NewNode.file(0600, 0, 0))).node();
        call(v, fs -> fs.write(nameless, 0, java.lang.foreign.MemorySegment.ofArray(bytes(5000, 4))));
        List<Thread> threads = new ArrayList<>();
        long[] written = new long[3];
        for (int t = 0; t < 3; t++) {
            int me = t;
            threads.add(Thread.ofVirtual().start(() -> {
                try {
                    long node = call(v, fs -> fs.create(FileSystem.ROOT, "t" + me, NewNode.file(0600, 0, 0))).node();
                    call(v, fs -> {
                        fs.hold(node);
                        return null;
                    });
                    while (!end.get() && written[me] < 20_000_000) {
                        byte[] piece = bytes(1000 + me * 5000, (int) written[me]);
                        long at = call(v, fs -> fs.append(node, java.lang.foreign.MemorySegment.ofArray(piece)));
                        assertEquals(written[me], at);
                        written[me] += piece.length;
                        if (written[me] % 3 == 0) {
                            call(v, fs -> {
                                fs.sync(node, false);
                                return null;
                            });
                        }
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        for (int i = 0; i < 12; i++) {
            swap();
            Thread.yield();
        }
        end.set(true);
        for (Thread thread : threads) {
            thread.join();
        }
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        assertArrayEquals(bytes(5000, 4), new Probe(rig.fs(v)).all(nameless), "held, without a name");
        verify(v, written);
        rig.fs(v).drop(nameless, 1);
        assertThrows(FsException.class, () -> rig.fs(v).attributes(nameless));
        rig.type.close(v, true);
        rig.clean(device);
    }

    private void verify(String v, long[] written) throws FsException {
        for (int t = 0; t < 3; t++) {
            long node = rig.fs(v).lookup(FileSystem.ROOT, "t" + t).node();
            byte[] all = new Probe(rig.fs(v)).all(node);
            assertEquals(written[t], all.length);
            for (int at = 0; at < all.length;) {
                byte[] piece = bytes(1000 + t * 5000, at);
                assertArrayEquals(piece, java.util.Arrays.copyOfRange(all, at, at + piece.length));
                at += piece.length;
            }
        }
    }

    @Test void stateOfAnotherVersionIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> new VolumesHandOver(rig.volumes, Bench.SETTINGS.clock()).takeOver(new HandOver.State(2, "")));
    }
}
