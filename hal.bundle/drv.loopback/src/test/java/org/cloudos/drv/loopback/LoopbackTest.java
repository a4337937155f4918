package org.cloudos.drv.loopback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.DeviceException;
import org.cloudos.hal.net.NetQueue;
import org.junit.jupiter.api.Test;

class LoopbackTest {
    private static final long LIMIT = TimeUnit.MINUTES.toNanos(2);

    @Test void whatIsSentComesInOrder() throws Exception {
        int frames = 100_000;
        Loopback device = new Loopback("lo", 1514);
        NetQueue queue = device.open(0);
        CompletableFuture<Long> receiving = CompletableFuture.supplyAsync(() -> {
            long[] next = {0};
            try {
                for (long end = System.nanoTime() + LIMIT; next[0] < frames && System.nanoTime() < end;) {
                    queue.receive(32, (memory, offset, length, checked) -> {
                        assertEquals(60 + next[0] % 1455, length);
                        assertEquals(next[0], memory.get(ValueLayout.JAVA_LONG_UNALIGNED, offset + 14));
                        next[0]++;
                    });
                    queue.await(1_000_000_000);
                }
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
            return next[0];
        });
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment frame = arena.allocate(1514, 8);
            for (long i = 0; i < frames; i++) {
                frame.set(ValueLayout.JAVA_LONG_UNALIGNED, 14, i);
                while (!queue.send(frame.asSlice(0, 60 + i % 1455), NetQueue.NO_CHECKSUM, 0)) {
                    Thread.onSpinWait();
                    assertFalse(receiving.isDone(), "the receiver has ended");
                }
            }
            assertThrows(IllegalArgumentException.class, () -> queue.send(frame.asSlice(0, 13), NetQueue.NO_CHECKSUM, 0));
        }
        assertEquals(frames, receiving.get(3, TimeUnit.MINUTES));
        assertEquals(device.counters().sentBytes(), device.counters().receivedBytes());
        assertThrows(DeviceException.class, () -> device.open(0));
        queue.close();
        NetQueue next = device.open(0);
        device.end();
        next.await(LIMIT);
        assertFalse(next.isOpen());
        next.close();
        assertTrue(assertThrows(DeviceException.class, () -> device.open(0)).getMessage().contains("removed"));
    }
}
