package org.cloudos.hal.machine;

import java.util.List;
import java.util.SortedSet;
import java.util.concurrent.locks.LockSupport;
import org.osgi.annotation.versioning.ProviderType;

/** The processors. A service. Thread-safe. */
@ProviderType
public interface Processors {
    Architecture architecture();

    /** Who made them, such as {@code AuthenticAMD}; empty where nobody says, as the next. */
    String vendor();

    String model();

    /** Who virtualizes this machine, such as {@code kvm}, {@code tcg} or {@code unknown}; empty on a machine of its own. */
    String hypervisor();

    /** Names of features as Linux has them, such as {@code avx2} or {@code asimd}. */
    SortedSet<String> features();

    /** By number. Numbers and frequencies are read anew each time. */
    List<Processor> processors();

    /** By level. */
    List<ProcessorCache> caches();

    /** Bits of a physical and of a virtual address, 0 where nobody says. */
    int physicalBits();

    int virtualBits();

    /** In a loop that waits for another processor's write: {@code PAUSE}, {@code YIELD}. */
    static void pause() {
        Thread.onSpinWait();
    }

    /** Lets the processor halt until this thread is unparked or interrupted, at most so long; may return sooner. */
    static void halt(long nanos) {
        LockSupport.parkNanos(nanos);
    }
}
