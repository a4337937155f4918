package org.cloudos.drv.random;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.security.SecureRandom;
import java.util.concurrent.atomic.LongAdder;
import org.cloudos.hal.character.CharDevice;
import org.osgi.service.component.annotations.Component;

/** Gives random bytes of the JVM's secure generator, which the kernel's feeds; what is written is stirred in. */
@Component(property = CharDevice.NAME + "=random")
public final class RandomDevice implements CharDevice {
    private static final int MOST = 1 << 20;
    private final SecureRandom random = new SecureRandom();
    private final LongAdder read = new LongAdder();
    private final LongAdder written = new LongAdder();

    @Override public String name() {
        return "random";
    }

    @Override public String description() {
        return "random bytes of the system's generator";
    }

    @Override public int read(MemorySegment into) {
        byte[] bytes = new byte[(int) Math.min(into.byteSize(), MOST)];
        random.nextBytes(bytes);
        MemorySegment.copy(bytes, 0, into, ValueLayout.JAVA_BYTE, 0, bytes.length);
        read.add(bytes.length);
        return bytes.length;
    }

    @Override public int available() {
        return MOST;
    }

    @Override public void write(MemorySegment from) {
        byte[] bytes = from.asSlice(0, Math.min(from.byteSize(), MOST)).toArray(ValueLayout.JAVA_BYTE);
        random.setSeed(bytes); // stirred in, not set: SecureRandom's contract
        written.add(from.byteSize());
    }

    @Override public Counters counters() {
        return new Counters(read.sum(), written.sum(), 0, 0);
    }
}
