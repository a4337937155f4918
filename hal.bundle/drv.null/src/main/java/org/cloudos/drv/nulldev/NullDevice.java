package org.cloudos.drv.nulldev;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.character.CharDevice;
import org.osgi.service.component.annotations.Component;

/** Takes all and gives nothing. */
@Component(property = CharDevice.NAME + "=null")
public final class NullDevice implements CharDevice {
    private final LongAdder written = new LongAdder();

    @Override public String name() {
        return "null";
    }

    @Override public String description() {
        return "takes all, gives nothing";
    }

    @Override public int read(MemorySegment into) {
        return 0; // its end
    }

    @Override public int available() {
        return 0;
    }

    @Override public void write(MemorySegment from) {
        written.add(from.byteSize());
    }

    @Override public Counters counters() {
        return new Counters(0, written.sum(), 0, 0);
    }
}
