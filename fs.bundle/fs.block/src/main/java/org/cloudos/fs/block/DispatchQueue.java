package org.cloudos.fs.block;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.cloudos.hal.block.BlockQueue;

/** A queue whose requests go through the device's order of requests. */
final class DispatchQueue implements BlockQueue {
    private final Dispatcher dispatcher;
    private final int depth;
    private final ArrayDeque<Task> done = new ArrayDeque<>(); // guarded by this
    private int underWay; // of the queue's own thread

    DispatchQueue(Dispatcher dispatcher, int depth) {
        this.dispatcher = dispatcher;
        this.depth = depth;
    }

    @Override public int depth() {
        return depth;
    }

    @Override public int underWay() {
        return underWay;
    }

    @Override public boolean submit(Op op, long block, long count, MemorySegment memory, long tag) {
        if (underWay == depth) {
            return false;
        }
        Task task = new Task(op, block, count, memory, tag, this);
        dispatcher.check(task);
        underWay++;
        dispatcher.add(task);
        return true;
    }

    synchronized void ended(Task task) {
        done.add(task);
        notifyAll();
    }

    @Override public int complete(int least, long nanos, Completion sink) throws InterruptedException {
        long end = nanos == Long.MAX_VALUE ? nanos : System.nanoTime() + nanos;
        int handed = 0;
        while (true) {
            for (int ended = ended(); ended > 0; ended--) { // those of now: what the sink submits may end meanwhile
                Task task = poll();
                underWay--;
                handed++;
                sink.done(task.tag, task.status());
            }
            long left = nanos == Long.MAX_VALUE ? nanos : end - System.nanoTime();
            if (handed >= least || underWay == 0 || left <= 0) {
                return handed;
            }
            synchronized (this) {
                if (done.isEmpty()) {
                    TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, TimeUnit.SECONDS.toNanos(1)));
                }
            }
        }
    }

    private synchronized int ended() {
        return done.size();
    }

    private synchronized Task poll() {
        return done.poll();
    }

    @Override public void close() {
        boolean interrupted = false;
        while (underWay > 0) {
            try {
                complete(underWay, Long.MAX_VALUE, (tag, status) -> { });
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
