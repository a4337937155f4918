package org.cloudos.hal.machine;

import java.util.BitSet;
import java.util.List;
import org.cloudos.hal.DeviceException;
import org.osgi.annotation.versioning.ProviderType;

/** The machine's interrupts, those of claimed devices too: what came where, and who is to take them. A service. Thread-safe. */
@ProviderType
public interface InterruptLines {
    /**
     * An interrupt.
     *
     * @param name     Linux's number, or a name such as {@code LOC}
     * @param chip     how it comes, such as {@code PCI-MSIX-0000:00:06.0}
     * @param users    who waits for it; {@code vfio-msix[0](0000:00:06.0)} is our driver's
     * @param counts   how often it came, by processor
     * @param affinity processors that may take it; empty where it belongs to a processor or nobody says
     */
    record Line(String name, String chip, String users, long[] counts, String affinity) {
        /** On all processors. */
        public long total() {
            long sum = 0;
            for (long count : counts) {
                sum += count;
            }
            return sum;
        }
    }

    List<Line> lines();

    /**
     * Lets these processors alone take an interrupt.
     *
     * @throws DeviceException {@code ABSENT} no such interrupt; {@code UNAVAILABLE} without the right, or the interrupt can't be moved
     */
    void affinity(String name, BitSet processors) throws DeviceException;
}
