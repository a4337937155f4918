package org.cloudos.drv.zero;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.character.CharDevice;
import org.osgi.service.component.annotations.Component;

/** Takes all and gives zeros. */
@Component(property = CharDevice.NAME + "=zero")
public final class ZeroDevice implements CharDevice {
    private static final int MOST = 1 << 20;
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    @Override public String name() {
        return "zero";
    }

    @Override public String description() {
        return "takes all, gives zeros";
    }

    @Override public int read(MemorySegment into) {
        int length = (int) Math.min(into.byteSize(), MOST);
        into.asSlice(0, length).fill((byte) 0);
        read.add(length);
        return length;
    }

    @Override public int available() {
        return MOST;
    }

    @Override public void write(MemorySegment from) {
        written.add(from.byteSize());
    }

    @Override public Counters counters() {
        return new Counters(read.sum(), written.sum(), 0, 0);
    }
}
