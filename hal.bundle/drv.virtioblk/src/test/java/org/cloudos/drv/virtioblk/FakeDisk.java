package org.cloudos.drv.virtioblk;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.concurrent.Executor;
import org.cloudos.hal.memory.DmaMemory;
import org.cloudos.hal.sim.SimulatedVirtio;
import org.cloudos.hal.virtio.Feature;

/** A disk of 64 KiB that answers when it is told, unless a test has it do something else. */
final class FakeDisk extends SimulatedVirtio {
    static final int SECTOR = 512, SECTORS = 128;
    private static final int IN = 0, OUT = 1;
    final MemorySegment disk = MemorySegment.ofArray(new byte[SECTORS * SECTOR]);
    int status;      // of all requests
    int ignore;      // so many requests are never answered
    private Request ignored;
    int stray;       // added to the head of what is used
    int length = -1; // that it says it wrote; -1 for the truth

    Executor answers = Runnable::run; // on the thread that tells it, or on another

    FakeDisk(int queues) {
        super(Feature.VERSION_1 | Feature.ACCESS_PLATFORM | Configuration.FLUSH | Configuration.QUEUES, queues, 0x40);
        queueSize = 32;
        configuration(0, SECTORS);
        configuration(32, queues << 16);
    }

    @Override protected void notified(int queue) {
        answers.execute(() -> answer(queue));
    }

    private void answer(int queue) {
        for (Request r = take(queue); r != null; r = take(queue)) {
            if (ignore > 0) {
                ignore--;
                ignored = r;
                continue;
            }
            answer(queue, r);
        }
        interrupt();
    }

    private void answer(int queue, Request r) {
        int written = status == 0 ? run(r) : 0;
        DmaMemory end = r.in().getLast();
        end.memory().set(ValueLayout.JAVA_BYTE, 0, (byte) status);
        use(queue, r.head() + stray, length == -1 ? written + 1 : length);
    }

    /** What was ignored last is answered after all. */
    void answersLate(int queue) {
        answer(queue, ignored);
        interrupt();
    }

    private int run(Request r) {
        int type = r.out().getFirst().getInt(0);
        long at = r.out().getFirst().getLong(8) * SECTOR;
        List<DmaMemory> data = type == OUT ? r.out().subList(1, r.out().size()) : r.in().subList(0, r.in().size() - 1);
        for (DmaMemory part : data) {
            if (type == OUT) {
                MemorySegment.copy(part.memory(), 0, disk, at, part.size());
            } else if (type == IN) {
                MemorySegment.copy(disk, at, part.memory(), 0, part.size());
            }
        }
        return type == IN ? (int) data.stream().mapToLong(DmaMemory::size).sum() : 0;
    }
}
