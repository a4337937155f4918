package org.cloudos.hal.attach;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import org.cloudos.hal.net.NetQueue;

/**
 * Frames that had come and that nobody had read when their driver let the device go. They are copied from the device's buffers, which go with it, and
 * are there for the queue's user, however late it comes. Not thread-safe.
 */
public final class Unread implements NetQueue.Receiver {
    private final Deque<Frame> frames = new ArrayDeque<>();

    private record Frame(MemorySegment memory, boolean checked) { }

    /** Keeps one. */
    @Override public void frame(MemorySegment memory, long offset, int length, boolean checked) {
        frames.add(new Frame(Arena.ofAuto().allocate(length, 8).copyFrom(memory.asSlice(offset, length)), checked));
    }

    /** As {@link NetQueue#receive}. */
    public int receive(int most, NetQueue.Receiver to) {
        int found = 0;
        for (; found < most && !frames.isEmpty(); found++) {
            Frame frame = frames.remove();
            to.frame(frame.memory, 0, (int) frame.memory.byteSize(), frame.checked);
        }
        return found;
    }
}
