package org.cloudos.hal.machine;

import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** The machine's clocks. A service. Thread-safe. */
@ProviderType
public interface Clocks {
    /** Nanoseconds that never go back, from an origin of its own; the same as {@link System#nanoTime}. */
    long monotonic();

    /** What Linux reads its time from, such as {@code tsc}, {@code kvm-clock}, {@code arch_sys_counter}; empty where nobody says. */
    String source();

    /**
     * The processor's cycle counter. The first call of a system takes about 50 ms.
     *
     * @throws DeviceException {@code UNAVAILABLE} where the processor has none, or it may not be read
     */
    CycleCounter cycles() throws DeviceException;
}
