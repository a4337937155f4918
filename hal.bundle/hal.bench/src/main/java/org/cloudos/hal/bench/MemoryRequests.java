package org.cloudos.hal.bench;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.cloudos.hal.block.BlockGeometry;
import org.cloudos.hal.block.BlockQueue;
import org.cloudos.hal.block.BlockStatus;
import org.cloudos.hal.queue.RequestQueue;
import org.cloudos.hal.queue.Slots;
import org.cloudos.hal.queue.Traffic;

/** The whole way of a request of a block device: checks, a slot with its time limit, the ring, the completion that is called. */
final class MemoryRequests extends MemoryRing implements RequestQueue.Ring, RequestQueue.Health, BlockQueue.Completion {
    private final RequestQueue requests;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BLOCK, 4096);
    private final Traffic traffic = new Traffic();
    private RequestQueue.Ring.Ends ends;

    MemoryRequests() throws IOException {
        super(0);
        requests = new RequestQueue(new BlockGeometry(BLOCK, BLOCK, 1 << 20, 1 << 16, 1, false, false, false, false, false), this, this, new Identity());
    }

    @Override public void submit(int batch) {
        for (int i = 0; i < batch; i++) {
            requests.submit(BlockQueue.Op.READ, i, 1, buffer, i);
        }
        queue.kick();
    }

    @Override public int complete(int batch) throws InterruptedException {
        return requests.complete(batch, Long.MAX_VALUE, this);
    }

    @Override public void done(long tag, BlockStatus status) { }

    @Override public Traffic traffic() {
        return traffic;
    }

    @Override public int depth() {
        return SIZE;
    }

    @Override public void issue(int slot, Slots slots, long address) {
        queue.add(slot, address, BLOCK, true);
    }

    @Override public void ring() {
        queue.kick();
    }

    @Override public int poll(RequestQueue.Ring.Ends to) {
        ends = to;
        return queue.poll(this, SIZE);
    }

    @Override public void used(int slot, int length) {
        ends.ended(slot, BlockStatus.OK);
    }

    @Override public void await(long nanos) {
        Thread.onSpinWait();
    }

    @Override public void wake() { }

    @Override public void free() { }

    @Override public boolean isUsable() {
        return true;
    }

    @Override public BlockStatus end() {
        return null;
    }

    @Override public void look(RequestQueue waiting) { }

    @Override public void release(RequestQueue released) { }
}
